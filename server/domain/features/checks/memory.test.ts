import { describe, expect, it } from "vitest";
import { aKubelet, aNode, aSnapshot, aVersion, componentsAt } from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { cpuBurst } from "./cpu-burst.ts";
import { memoryQos } from "./memory-qos.ts";

const at = (minor: string, kubelet: Parameters<typeof aKubelet>[0], kernelVersion = "6.8.0") => {
  const nodes = [aNode({ name: "node-a", kubeletVersion: `${minor}.1`, kernelVersion })];
  return {
    version: aVersion(minor),
    nodes,
    kubelets: [aKubelet(kubelet)],
    components: componentsAt(minor, { MemoryQoS: true }, nodes),
  };
};

describe("memory QoS", () => {
  it("is in use, never effective: nothing shows the effect", () => {
    const outcome = judge(memoryQos, aSnapshot(at("1.37", { memoryThrottlingFactor: 0.8 })));
    expect(outcome).toMatchObject({ verdict: "in-use", stages: { effective: { state: "not-exposed" } } });
  });
  it("does nothing on 1.37 unless a setting asks, but acts by its gate before", () => {
    expect(judge(memoryQos, aSnapshot(at("1.37", { memoryThrottlingFactor: null }))).verdict).toBe("ready-unused");
    expect(
      judge(
        memoryQos,
        aSnapshot(at("1.37", { memoryThrottlingFactor: null, memoryReservationPolicy: "TieredReservation" })),
      ).verdict,
    ).toBe("in-use");
    expect(judge(memoryQos, aSnapshot(at("1.36", {}))).verdict).toBe("in-use");
  });
  it("is blocked on old kernels, off by default before 1.37, unknown without kubelets", () => {
    expect(judge(memoryQos, aSnapshot(at("1.37", {}, "4.18.0-553.el8"))).verdict).toBe("blocked");
    expect(judge(memoryQos, aSnapshot()).verdict).toBe("off");
    expect(judge(memoryQos, aSnapshot(at("1.37", {}), { kubelets: "forbidden" })).stages.adopted.unknownReason).toBe(
      "kubelets: forbidden",
    );
  });
  it("warns of a factor that throttles early", () => {
    expect(judge(memoryQos, aSnapshot(at("1.37", { memoryThrottlingFactor: 0.2 }))).blockers[0]?.key).toBe(
      "low-factor",
    );
  });
});

describe("CPU burst", () => {
  it("says plainly that no API exists, whatever the cluster", () => {
    expect(judge(cpuBurst, aSnapshot())).toMatchObject({
      verdict: "not-available",
      stages: { available: { reasonKey: "no-api" } },
    });
    expect(judge(cpuBurst, aSnapshot({}, { nodes: "forbidden", version: "unreachable" })).verdict).toBe(
      "not-available",
    );
  });
});
