import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectGates } from "../../collect/kubernetes/collect-gates.ts";
import { collectInventory } from "../../collect/kubernetes/collect-inventory.ts";
import { openConnection } from "../../collect/kubernetes/connection.ts";
import { type Replay, startReplay } from "../../testing/replay/replay-server.ts";
import { evaluateGates } from "../gates/gate-state.ts";
import { manifestFor } from "../manifests/manifest-for.ts";
import type { ClusterSnapshot } from "../snapshot.ts";
import { planUpgrade } from "../upgrade/plan.ts";
import { toUpgradeFacts } from "../upgrade/upgrade-facts.ts";
import { evaluateFeatures } from "./evaluate-features.ts";

/** A moment after everything that was recorded. */
const now = new Date("2026-11-22T06:00:00Z");

describe("the recorded control plane", () => {
  let replay: Replay;
  let snapshot: ClusterSnapshot;
  beforeAll(async () => {
    replay = await startReplay();
    const connection = await openConnection({
      name: "recorded",
      kubeconfig: replay.kubeconfigFile,
      kubelet: { access: "proxy" },
      controlPlane: {
        controllerManager: `${replay.url}/replay/controller-manager/metrics`,
        scheduler: `${replay.url}/replay/scheduler/metrics`,
      },
    });
    const inventory = await collectInventory(connection, { now: () => now });
    const { nodes, pods } = inventory.parts;
    const gates = await collectGates(connection, {
      nodes: nodes.state === "value" ? nodes.value : [],
      pods: pods.state === "value" ? pods.value : [],
      now: () => now,
    });
    await connection.close();
    snapshot = {
      cluster: { name: "recorded", uid: inventory.clusterUid, provider: inventory.provider },
      takenAt: now,
      parts: { ...inventory.parts, ...gates.parts },
      sources: [],
    };
  });
  afterAll(() => replay.stop());

  const outcomeOf = (feature: string) => {
    const found = evaluateFeatures(snapshot, { only: "named", team: (namespace) => namespace }).find(
      (outcome) => outcome.feature === feature,
    );
    if (found === undefined) throw new Error(`${feature} was not judged`);
    return found;
  };

  it("has a stuck claim, whose class does not exist", () => {
    const outcome = outcomeOf("dynamic-resource-allocation");
    expect(outcome).toMatchObject({ verdict: "in-use", stages: { effective: { state: "partly", met: 4, of: 5 } } });
    expect(outcome.blockers).toMatchObject([
      { key: "claim-no-class", severity: "blocking", params: { example: "ml-platform/stuck-claim" } },
    ]);
    expect(outcome.objects[0]).toMatchObject({ key: "pending-claims", total: 1 });
    // Two H100 nodes by driver, three A100 nodes by device plugin.
    expect(outcome.stages.ready).toMatchObject({ state: "partly", met: 2, of: 5 });
  });

  it("has Services with mixed traffic distribution, some without an endpoint in each zone", () => {
    const outcome = outcomeOf("traffic-distribution");
    expect(outcome).toMatchObject({ verdict: "in-use", adoption: { numerator: 12, denominator: 22 } });
    const values = outcome.blockers.find((found) => found.key === "mixed-values")?.params.values;
    expect(values).toBe("PreferClose 5, PreferSameNode 2, PreferSameZone 5");
    expect(Object.values(outcome.adoption?.byTeam ?? {}).reduce((sum, share) => sum + share.of, 0)).toBe(22);
  });

  it("has a class on every third claim, all applied", () => {
    expect(outcomeOf("volume-attributes-class")).toMatchObject({
      verdict: "effective",
      adoption: { numerator: 4, denominator: 12 },
    });
  });

  it("has one bound policy on v1beta1, and gets its manifest in that version", () => {
    expect(outcomeOf("mutating-admission-policy")).toMatchObject({
      verdict: "in-use",
      adoption: { numerator: 1, denominator: 1 },
    });
    const manifest = manifestFor("mutating-admission-policy", snapshot);
    expect("documents" in manifest && manifest.documents[0]?.text).toContain("admissionregistration.k8s.io/v1beta1");
  });

  it("lets anonymous requests view everything through one binding", () => {
    const [worst] = outcomeOf("anonymous-auth").objects[0]?.items ?? [];
    expect(worst).toMatchObject({ ref: { name: "too-open" }, params: { role: "view", level: "medium" } });
  });

  it("has sidecars that never started", () => {
    expect(outcomeOf("native-sidecars")).toMatchObject({
      verdict: "in-use",
      blockers: [{ key: "never-started", count: 3 }],
    });
  });

  it("does not take the zeros of a cgroup v1 node for calm", () => {
    expect(outcomeOf("pressure-stall-information")).toMatchObject({
      verdict: "blocked",
      stages: { effective: { state: "not-exposed" } },
    });
  });

  it("has three gates that the catalogue does not know, shown as met", () => {
    const rows = evaluateGates(snapshot).rows.filter((row) => !row.isInCatalogue);
    expect(rows.map((row) => row.gate)).toEqual([
      "MinimumKubeletVersion",
      "RouteExternalCertificate",
      "StoragePerformantSecurityPolicy",
    ]);
    expect(rows[0]?.cells.some((cell) => cell.state === "on" || cell.state === "off")).toBe(true);
  });

  it("holds two lagging nodes with old kernels, and one whose cgroup version blocks 1.35", () => {
    const plan = planUpgrade({
      facts: toUpgradeFacts(snapshot),
      gateStates: evaluateGates(snapshot, "1.36"),
      target: "1.36",
      now,
    });
    expect(plan).toMatchObject({ verdict: "blocked", coverage: { missing: [], partial: ["kubelets"] } });
    const item = (key: string) => plan.items.find((entry) => entry.key === key);
    const lagging = ["node/ip-10-0-10-general", "node/ip-10-0-21-gpu-a100"];
    expect(item("kubelet-lags")?.evidence.map((proof) => proof.subject)).toEqual(lagging);
    expect(item("kernel-old")?.evidence.map((proof) => proof.subject)).toEqual(lagging);
    expect(item("cgroup-v1")).toMatchObject({
      severity: "blocker",
      atMinor: "1.35",
      evidence: [{ subject: "node/real-node-a" }],
    });
    expect(item("cgroup-unread")).toMatchObject({ severity: "unknown", count: 24 });
    expect(item("support-ended")).toMatchObject({ params: { minor: "1.34", endsOn: "2026-10-27" } });
  });
});
