import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectGates } from "../collect/kubernetes/collect-gates.ts";
import { collectInventory } from "../collect/kubernetes/collect-inventory.ts";
import { openConnection } from "../collect/kubernetes/connection.ts";
import { loadConfig } from "../config.ts";
import { type RunningDemo, startDemo } from "../demo/start-demo.ts";
import { storyById } from "../demo/stories.ts";
import { evaluateFeatures } from "../domain/features/evaluate-features.ts";
import type { FeatureOutcome } from "../domain/features/types.ts";
import type { ClusterSnapshot } from "../domain/snapshot.ts";

/** Read by the ordinary collectors and judged by the ordinary rules, the demo shows every word a verdict can be. */
const VERDICTS = [
  "not-applicable",
  "not-available",
  "off",
  "drift",
  "blocked",
  "ready-unused",
  "in-use",
  "effective",
  "always-on",
  "unknown",
  "not-exposed",
];
const directory = mkdtempSync(join(tmpdir(), "sluice-demo-verdicts-"));
const outcomes = new Map<string, readonly FeatureOutcome[]>();
let demo: RunningDemo | null = null;

beforeAll(async () => {
  const nowSeconds = () => Date.now() / 1000;
  const anchor = Math.floor(nowSeconds() / 3600) * 3600;
  demo = await startDemo({ size: "small", seed: 42, anchor, nowSeconds, directory });
  const config = loadConfig([], { SLUICE_DEMO_CONFIG: demo.configFile }, directory);
  for (const cluster of config.clusters) {
    if (cluster.access.kind !== "kubeconfig") throw new Error(cluster.name);
    const connection = await openConnection({
      name: cluster.name,
      kubeconfig: cluster.access.file,
      context: cluster.access.context ?? undefined,
      provider: cluster.provider ?? undefined,
      kubelet: { ...cluster.kubelet, caFile: cluster.kubelet.caFile ?? undefined },
      controlPlane: {
        apiServers: cluster.controlPlane.apiServers,
        controllerManager: cluster.controlPlane.controllerManager ?? undefined,
        scheduler: cluster.controlPlane.scheduler ?? undefined,
      },
    });
    const inventory = await collectInventory(connection);
    const { nodes, pods } = inventory.parts;
    const gates = await collectGates(connection, {
      nodes: nodes.state === "value" ? nodes.value : [],
      pods: pods.state === "value" ? pods.value : [],
    });
    await connection.close();
    const snapshot: ClusterSnapshot = {
      cluster: { name: cluster.name, uid: inventory.clusterUid, provider: inventory.provider },
      takenAt: new Date(),
      parts: { ...inventory.parts, ...gates.parts },
      sources: [...inventory.sources, ...gates.sources],
    };
    outcomes.set(cluster.name, evaluateFeatures(snapshot));
  }
});
afterAll(async () => {
  await demo?.close();
  rmSync(directory, { recursive: true, force: true });
});

function verdictOf(cluster: string, feature: string): string | undefined {
  return outcomes.get(cluster)?.find((outcome) => outcome.feature === feature)?.verdict;
}

describe("verdicts over the demo fleet", () => {
  it("every word occurs", () => {
    const seen = new Set([...outcomes.values()].flat().map((outcome) => outcome.verdict as string));
    expect(VERDICTS.filter((verdict) => !seen.has(verdict))).toEqual([]);
  });
  it("the stories about features end as they say", () => {
    const blocked = storyById("feature-on-but-blocked");
    expect(verdictOf(blocked.cluster, String(blocked.finding.feature))).toBe("blocked");
    expect(verdictOf("prod-us", "in-place-pod-resize")).toBe("drift");
    expect(verdictOf(storyById("stuck-volume-modification").cluster, "volume-attributes-class")).toBe("blocked");
    // Swap is in use there; whether it does good is measured, which this test does not do.
    expect(verdictOf(storyById("swap-storm").cluster, "node-swap")).toBe("in-use");
    expect(verdictOf(storyById("anonymous-reader").cluster, "anonymous-auth")).toBe("ready-unused");
  });
});
