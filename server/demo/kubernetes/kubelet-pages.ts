import { cadvisorFamilies, swapLimitOf } from "../exporters/cadvisor.ts";
import { kubeletFamilies, resourceFamilies } from "../exporters/kubelet.ts";
import { nodeCpu, nodeMemory } from "../exporters/node-exporter.ts";
import { type Family, gauge, renderPage } from "../exposition.ts";
import type { DemoCluster, DemoContainer, DemoNode, Pressure } from "../fleet/types.ts";
import { counter, type Signal, sum } from "../signal.ts";
import { isoTime, type JsonObject } from "./object.ts";

/** Pages of one kubelet, drawn from the same facts as everything else; families are built once. */
export class KubeletPages {
  private readonly cluster: DemoCluster;
  private readonly node: DemoNode;
  private readonly families = new Map<string, readonly Family[]>();

  constructor(cluster: DemoCluster, node: DemoNode) {
    this.cluster = cluster;
    this.node = node;
  }

  /** Body and content type of a path below the kubelet, `null` when it has no such page. */
  read(path: string, seconds: number): { readonly type: string; readonly body: string } | null {
    const text = { type: "text/plain; version=0.0.4; charset=utf-8; escaping=underscores" };
    switch (path) {
      case "/metrics":
        return { ...text, body: this.page(path, seconds, () => kubeletFamilies(this.cluster, this.node)) };
      case "/metrics/cadvisor":
        return { ...text, body: this.page(path, seconds, () => cadvisorFamilies(this.cluster, this.node)) };
      case "/metrics/resource":
        return { ...text, body: this.page(path, seconds, () => resourceFamilies(this.cluster, this.node)) };
      case "/metrics/probes":
        return { ...text, body: renderPage([probeFamily()], seconds) };
      case "/configz":
        return { type: "application/json", body: JSON.stringify(configz(this.node)) };
      case "/stats/summary":
        return { type: "application/json", body: JSON.stringify(summary(this.cluster, this.node, seconds)) };
      case "/healthz":
        return { type: "text/plain; charset=utf-8", body: "ok" };
      default:
        return null;
    }
  }

  private page(path: string, seconds: number, build: () => readonly Family[]): string {
    const known = this.families.get(path) ?? build();
    this.families.set(path, known);
    return renderPage(known, seconds);
  }
}

function probeFamily(): Family {
  return gauge("process_start_time_seconds", "[ALPHA] Start time of the process since unix epoch in seconds.", [
    { labels: {}, at: () => 1_795_000_000, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY },
  ]);
}

/** `/flagz` in its structured form (1.35 and later). */
export function kubeletFlags(node: DemoNode): JsonObject {
  return {
    kind: "Flagz",
    apiVersion: "config.k8s.io/v1beta1",
    metadata: { name: "kubelet" },
    flags: {
      config: "/etc/kubernetes/kubelet-config.yaml",
      "feature-gates": Object.entries(node.kubeletGates)
        .map(([name, value]) => `${name}=${value}`)
        .join(","),
      "image-credential-provider-config": "/etc/kubernetes/image-credential-providers.yaml",
      kubeconfig: "/var/lib/kubelet/kubeconfig",
    },
  };
}

function configz(node: DemoNode): JsonObject {
  const hasGates = Object.keys(node.kubeletGates).length > 0;
  return {
    kubeletconfig: {
      enableServer: true,
      syncFrequency: "1m0s",
      fileCheckFrequency: "20s",
      httpCheckFrequency: "20s",
      address: "0.0.0.0",
      port: 10_250,
      authentication: {
        x509: { clientCAFile: "/etc/kubernetes/pki/ca.crt" },
        webhook: { enabled: true, cacheTTL: "2m0s" },
        anonymous: { enabled: false },
      },
      authorization: { mode: "Webhook", webhook: { cacheAuthorizedTTL: "5m0s", cacheUnauthorizedTTL: "30s" } },
      registryPullQPS: 5,
      registryBurst: 10,
      enableDebuggingHandlers: true,
      clusterDomain: "cluster.local",
      nodeStatusUpdateFrequency: "10s",
      nodeStatusReportFrequency: "5m0s",
      cgroupsPerQOS: true,
      cgroupDriver: "systemd",
      cpuManagerPolicy: "none",
      memoryManagerPolicy: "None",
      topologyManagerPolicy: "none",
      maxPods: 110,
      podPidsLimit: -1,
      cpuCFSQuota: true,
      cpuCFSQuotaPeriod: "100ms",
      serializeImagePulls: true,
      evictionHard: {
        "imagefs.available": "15%",
        "memory.available": "100Mi",
        "nodefs.available": "10%",
        "nodefs.inodesFree": "5%",
      },
      ...(hasGates ? { featureGates: { ...node.kubeletGates } } : {}),
      failSwapOn: node.swapBytes === 0,
      memorySwap: node.swapBehavior === "LimitedSwap" ? { swapBehavior: "LimitedSwap" } : {},
      failCgroupV1: Number(node.kubeletMinor.slice(2)) >= 35,
      memoryThrottlingFactor: 0.9,
      shutdownGracePeriod: "0s",
    },
  };
}

/** Share of a trailing window in which work stalled, in percent, as the kernel's own averages show it. */
function stallBlock(
  some: Signal,
  full: Signal,
  starts: readonly number[],
  seconds: number,
  isSilent: boolean,
): JsonObject {
  const block = (signal: Signal): JsonObject => {
    if (isSilent) return { total: 0, avg10: 0, avg60: 0, avg300: 0 };
    const percent = (window: number) =>
      Math.round((10_000 * (signal.integral(seconds) - signal.integral(seconds - window))) / window) / 100;
    return {
      // Microseconds, whatever the API's comment says.
      total: Math.round(1e6 * counter(signal, starts)(seconds)),
      avg10: percent(10),
      avg60: percent(60),
      avg300: percent(300),
    };
  };
  return { full: block(full), some: block(some) };
}

type Measured = {
  readonly cpu: Signal;
  readonly memory: Signal;
  readonly swapUsageBytes: number;
  readonly swapLimitBytes: number | null;
  readonly pressure: Pressure;
  readonly starts: readonly number[];
  readonly capacityBytes: number | null;
};

function measuredBlocks(node: DemoNode, of: Measured, seconds: number): JsonObject {
  const time = isoTime(seconds);
  const hasStalls = node.psi !== "absent" && node.cgroupVersion === 2;
  const isSilent = node.psi === "silent";
  const stall = (some: Signal, full: Signal): JsonObject =>
    hasStalls ? { psi: stallBlock(some, full, of.starts, seconds, isSilent) } : {};
  const workingSet = Math.round(of.memory.at(seconds));
  return {
    cpu: {
      time,
      usageNanoCores: Math.round(1e9 * of.cpu.at(seconds)),
      usageCoreNanoSeconds: Math.round(1e9 * counter(of.cpu, of.starts)(seconds)),
      ...stall(of.pressure.cpuSome, of.pressure.cpuFull),
    },
    memory: {
      time,
      ...(of.capacityBytes === null ? {} : { availableBytes: Math.max(0, of.capacityBytes - workingSet) }),
      usageBytes: Math.round(1.1 * workingSet),
      workingSetBytes: workingSet,
      rssBytes: Math.round(0.85 * workingSet),
      pageFaults: Math.round(workingSet / 4096),
      majorPageFaults: 0,
      ...stall(of.pressure.memorySome, of.pressure.memoryFull),
    },
    ...(hasStalls ? { io: { time, ...stall(of.pressure.ioSome, of.pressure.ioFull) } } : {}),
    swap: {
      time,
      ...(of.swapLimitBytes === null ? {} : { swapAvailableBytes: Math.max(0, of.swapLimitBytes - of.swapUsageBytes) }),
      swapUsageBytes: of.swapUsageBytes,
    },
  };
}

function summary(cluster: DemoCluster, node: DemoNode, seconds: number): JsonObject {
  const booted = node.boots.findLast((boot) => boot <= seconds) ?? node.createdAt;
  const pods = cluster.pods.filter(
    (pod) =>
      pod.node === node && pod.from <= seconds && seconds < pod.to && pod.workload.options.rejected === undefined,
  );
  return {
    node: {
      nodeName: node.name,
      systemContainers: [],
      startTime: isoTime(booted),
      ...measuredBlocks(
        node,
        {
          cpu: nodeCpu(cluster, node),
          memory: nodeMemory(cluster, node),
          swapUsageBytes: Math.round(Math.min(node.swapBytes, node.swapUsed.at(seconds))),
          swapLimitBytes: node.swapBytes,
          pressure: node.pressure,
          starts: node.boots,
          capacityBytes: node.memoryBytes,
        },
        seconds,
      ),
      fs: {
        time: isoTime(seconds),
        availableBytes: 160_000_000_000,
        capacityBytes: 214_735_761_408,
        usedBytes: 54_000_000_000,
        inodesFree: 16_023_848,
        inodes: 16_777_216,
        inodesUsed: 753_368,
      },
    },
    pods: pods.map((pod) => {
      const running = pod.containers.filter((container) => container.role !== "init");
      const starts = [pod.from, ...node.boots.filter((boot) => boot > pod.from)];
      const swap = (container: DemoContainer) => Math.round(container.swap.at(seconds));
      return {
        podRef: { name: pod.name, namespace: pod.namespace, uid: pod.uid },
        startTime: isoTime(pod.from),
        containers: running.map((container) => ({
          name: container.name,
          startTime: isoTime(container.oomKills.findLast((kill) => kill > pod.from && kill <= seconds) ?? pod.from),
          ...measuredBlocks(
            node,
            {
              cpu: container.cpu,
              memory: container.memory,
              swapUsageBytes: swap(container),
              swapLimitBytes: swapLimitOf(container, node),
              pressure: container.pressure,
              starts: [...starts, ...container.oomKills.filter((kill) => kill > pod.from)].sort((a, b) => a - b),
              capacityBytes: container.limits.memoryBytes ?? null,
            },
            seconds,
          ),
        })),
        ...measuredBlocks(
          node,
          {
            cpu: sum(running.map((container) => container.cpu)),
            memory: sum(running.map((container) => container.memory)),
            swapUsageBytes: running.reduce((total, container) => total + swap(container), 0),
            swapLimitBytes: null,
            pressure: pod.pressure,
            starts,
            capacityBytes: null,
          },
          seconds,
        ),
        network: {
          time: isoTime(seconds),
          name: "eth0",
          rxBytes: Math.round(counter(pod.received, starts)(seconds)),
          rxErrors: 0,
          txBytes: Math.round(counter(pod.sent, starts)(seconds)),
          txErrors: 0,
        },
      };
    }),
  };
}
