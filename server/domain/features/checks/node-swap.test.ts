import { describe, expect, it } from "vitest";
import {
  aContainer,
  aKubelet,
  amounts,
  aNode,
  aPod,
  aSnapshot,
  aTemplate,
  aVersion,
  componentsAt,
  GIB,
} from "../../../testing/builders/index.ts";
import { judge, states } from "../../../testing/builders/judge.ts";
import { nodeSwap as check, computeSwapLimitBytes } from "./node-swap.ts";

const node = aNode({ name: "node-a", swapCapacityBytes: 8 * GIB, labels: { "example.com/swap": "limited" } });
const limited = aKubelet({ failSwapOn: false, swapBehavior: "LimitedSwap" });
const inUse = { nodes: [node], kubelets: [limited] };

describe("node swap", () => {
  const at = new Date("2026-11-22T05:59:00Z");
  const measured = (swapUsedBytes: number | null, memoryWaitingRatio: number | null = 0) =>
    new Map([["node-a", { swapUsedBytes, memoryWaitingRatio, at }]]);

  it("is effective where LimitedSwap nodes swap without stalls, and computes what containers may use", () => {
    const outcome = judge(check, aSnapshot({ ...inUse, pods: [aPod()] }), { measured: measured(GIB) });
    expect(outcome.stages.effective.evidence).toMatchObject([
      { ref: "node_swap_usage_bytes", observed: "1 GiB of swap used, waiting for memory 0 %", at },
    ]);
    expect(outcome).toMatchObject({ verdict: "effective", adoption: { numerator: 1, denominator: 1, unit: "nodes" } });
    // 1 GiB of 16 GiB memory, times 8 GiB of swap.
    expect(outcome.objects[0]?.items[0]?.params).toMatchObject({ limitBytes: 0.5 * GIB, container: "main" });
  });
  it.each([
    ["a Guaranteed pod", aPod({ qosClass: "Guaranteed" })],
    ["a critical pod", aPod({ template: aTemplate({ priority: 2_000_000_000 }) })],
    ["a static pod", aPod({ isMirror: true })],
    [
      "request = limit",
      aPod({ template: aTemplate({ containers: [aContainer({ limits: amounts({ memoryBytes: GIB }) })] }) }),
    ],
  ])("gives no swap to %s", (_what, pod) => {
    const outcome = judge(check, aSnapshot({ ...inUse, pods: [pod] }), { measured: measured(0) });
    expect(outcome).toMatchObject({
      verdict: "in-use",
      stages: { effective: { state: "not-met", met: 0, of: 1 } },
      objects: [],
    });
    expect(outcome.blockers.map((found) => found.key)).toContain("swap-no-taker");
  });
  it.each([
    ["eligible containers that do not swap", measured(0), "not-met"],
    ["swap that stalls", measured(GIB, 0.4), "not-met"],
    ["swap whose pressure is not read", measured(GIB, null), "met"],
    ["nothing measured", measured(null), "unknown"],
    ["no measurement at all", new Map(), "unknown"],
  ])("does not take %s for an effect it cannot see", (_what, use, state) => {
    const outcome = judge(check, aSnapshot({ ...inUse, pods: [aPod()] }), { measured: use });
    expect(outcome.stages.effective.state).toBe(state);
    expect(outcome.verdict).toBe(state === "met" ? "effective" : "in-use");
  });
  it("is ready and unused with NoSwap, and says how much swap stands idle", () => {
    const outcome = judge(check, aSnapshot({ nodes: [node], kubelets: [aKubelet({ failSwapOn: false })] }));
    expect(outcome).toMatchObject({ verdict: "ready-unused", value: { quantity: 8 * GIB, unit: "swap-bytes" } });
    expect(outcome.blockers.map((found) => found.key)).toEqual(["swap-idle", "swap-unobservable"]);
  });
  it("is blocked without swap on any node", () => {
    expect(judge(check, aSnapshot()).verdict).toBe("blocked");
  });
  it("is off where kubelets have the gate off, and drifts where some have", () => {
    const old = [aNode({ name: "node-a", kubeletVersion: "1.33.4" })];
    const all = { nodes: old, version: aVersion("1.33") };
    expect(
      judge(check, aSnapshot({ ...all, components: componentsAt("1.33", { NodeSwap: false }, old) })).verdict,
    ).toBe("off");
    const two = [...old, aNode({ name: "node-b", kubeletVersion: "1.34.9" })];
    expect(
      judge(
        check,
        aSnapshot({
          nodes: two,
          components: componentsAt("1.34", { NodeSwap: false }, two).map((reading) =>
            reading.instance === "node-b"
              ? (componentsAt("1.34", {}, two).find((other) => other.instance === "node-b") ?? reading)
              : reading,
          ),
        }),
      ).verdict,
    ).toBe("drift");
  });
  it("stays unknown where the kubelet configuration was not read", () => {
    const outcome = judge(
      check,
      aSnapshot({ nodes: [node], kubelets: [aKubelet({ failSwapOn: null, source: "prometheus" })] }),
    );
    expect(outcome.verdict).toBe("unknown");
    expect(states(judge(check, aSnapshot({ nodes: [node] }, { kubelets: "not-configured" })))).toBe(
      "met met met unknown unknown",
    );
  });
  it("finds what endangers it", () => {
    const nodes = [
      aNode({ name: "node-a", swapCapacityBytes: GIB, isControlPlane: true, kernelVersion: "5.15.0" }),
      aNode({ name: "node-b", swapCapacityBytes: GIB }),
    ];
    const kubelets = [
      aKubelet({ failSwapOn: true }),
      aKubelet({ nodeName: "node-b", failSwapOn: false, swapBehavior: "UnlimitedSwap", cgroupVersion: 2 }),
    ];
    const keys = judge(check, aSnapshot({ nodes, kubelets })).blockers.map((found) => found.key);
    expect(new Set(keys)).toEqual(
      new Set([
        "swap-refused",
        "swap-idle",
        "control-plane-swap",
        "secrets-may-swap",
        "swap-behavior-invalid",
        "pool-unmarked",
        "swap-unobservable",
      ]),
    );
    const v1 = judge(check, aSnapshot({ nodes: [node], kubelets: [aKubelet({ ...limited, cgroupVersion: 1 })] }));
    expect(v1.blockers.map((found) => found.key)).toContain("swap-cgroup-v1");
  });
  it("does not take silence of kubelets before 1.33 for no swap", () => {
    const nodes = [aNode({ name: "node-a", kubeletVersion: "1.32.9" })];
    const old = { version: aVersion("1.32"), nodes };
    expect(judge(check, aSnapshot({ ...old, kubelets: [aKubelet({ failSwapOn: false })] })).verdict).toBe(
      "not-exposed",
    );
    const outcome = judge(check, aSnapshot({ ...old, kubelets: [limited], pods: [aPod()] }));
    expect(outcome).toMatchObject({ verdict: "in-use", stages: { ready: { state: "inferred" } }, objects: [] });
  });
  it("has no limit where the node's memory is unknown", () => {
    expect(computeSwapLimitBytes(aContainer(), aNode({ swapCapacityBytes: GIB, capacity: amounts() }))).toBeNull();
  });
});
