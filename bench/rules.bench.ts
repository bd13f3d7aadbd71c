import { type RepackNode, type RepackPod, repackNodes } from "../server/domain/cost/repack-nodes.ts";
import { evaluateFeatures } from "../server/domain/features/evaluate-features.ts";
import { type RepackDevice, type RepackItem, repackDevices } from "../server/domain/gpu/repack.ts";
import type { RoutedEndpoint } from "../server/domain/network/routing.ts";
import { type ServiceFlow, simulateService } from "../server/domain/network/simulate.ts";
import { atMost, type Bench, times } from "./harness.ts";
import { aLargeCluster } from "./large-cluster.ts";

/** Judging the largest cluster. */
export const evaluateBench: Bench = {
  name: "evaluate-features",
  async run() {
    const snapshot = aLargeCluster();
    const seconds = await times(
      () => evaluateFeatures(snapshot, { now: snapshot.takenAt }),
      () => null,
    );
    return [atMost("every feature of 5,000 nodes and 150,000 pods", seconds, "s", 2)];
  },
};

/** 2,000 Services over three zones. */
export const simulateBench: Bench = {
  name: "simulate-services",
  async run() {
    const zones = ["a", "b", "c"];
    const services = Array.from({ length: 2_000 }, (_, index) => {
      const endpoints: RoutedEndpoint[] = Array.from({ length: 3 + (index % 12) }, (_unused, place) => ({
        id: `${index}-${place}`,
        zone: zones[(index + place) % 3] ?? null,
        nodeName: `n${place}`,
        isReady: true,
        hintZones: null,
        hintNodes: null,
      }));
      const flows: ServiceFlow[] = zones.flatMap((clientZone) =>
        zones.map((endpointZone) => ({
          clientZone,
          clientNode: null,
          endpointZone,
          requestBytes: 1e9 + index,
          replyBytes: 1e8,
        })),
      );
      return { endpoints, flows };
    });
    const seconds = await times(
      () => {
        for (const { flows, endpoints } of services)
          simulateService(flows, endpoints, { setting: "PreferSameZone", spreadOverZones: null }, () => 1e-11);
      },
      () => null,
    );
    return [atMost("2,000 Services × 3 zones", seconds, "s", 1)];
  },
};

/** Repacking 2,000 devices. */
export const repackGpuBench: Bench = {
  name: "repack-devices",
  async run() {
    const devices: RepackDevice[] = Array.from({ length: 2_000 }, (_, index) => ({
      id: `d${index}`,
      model: `model-${index % 4}`,
      memoryBytes: 80e9,
      linkDomain: `node-${Math.floor(index / 8)}`,
      migProfiles: [],
    }));
    const items: RepackItem[] = Array.from({ length: 2_000 }, (_, index) => ({
      id: `i${index}`,
      model: `model-${index % 4}`,
      deviceCount: 1,
      activityRatio: (index % 40) / 100,
      memoryBytes: (index % 30) * 1e9,
      migProfile: null,
    }));
    const seconds = await times(
      () => repackDevices(items, devices),
      () => null,
    );
    return [atMost("2,000 holders onto 2,000 devices", seconds, "s", 2)];
  },
};

/** Which of 5,000 nodes can go, with 30 pods on each. */
export const repackNodesBench: Bench = {
  name: "repack-nodes",
  async run() {
    const nodes: RepackNode[] = Array.from({ length: 5_000 }, (_, index) => ({
      name: `n${index}`,
      group: `pool-${index % 12}`,
      cpuCores: 32,
      memoryBytes: 128e9,
      podCount: 110,
      costPerHour: 1.5,
      isRemovable: true,
    }));
    const pods: RepackPod[] = Array.from({ length: 150_000 }, (_, index) => ({
      nodeName: `n${index % 5_000}`,
      cpuCores: 0.1 + (index % 9) * 0.1,
      memoryBytes: (1 + (index % 7)) * 0.4e9,
      isMovable: true,
    }));
    const seconds = await times(
      () => repackNodes(nodes, pods),
      () => null,
    );
    return [
      atMost(
        "5,000 nodes and 150,000 pods",
        seconds,
        "s",
        5,
        `${repackNodes(nodes, pods).removed.length} nodes can go`,
      ),
    ];
  },
};
