import { describe, expect, it } from "vitest";
import { SourceError } from "./source-error.ts";
import { parseSummary } from "./summary.ts";

const psi = (some: number, full: number) => ({
  some: { total: 5, avg10: 1, avg60: some, avg300: 0 },
  full: { total: 1, avg10: 0, avg60: full, avg300: 0 },
});
const container = {
  name: "main",
  cpu: { usageNanoCores: 250_000_000, psi: psi(150, 12.5) },
  memory: { workingSetBytes: 1024, psi: psi(2, 1) },
  swap: { swapUsageBytes: 7 },
};
const body = {
  node: { nodeName: "n1", cpu: { usageNanoCores: 5e8 } },
  pods: [
    { podRef: { name: "p", namespace: "web" }, cpu: { usageNanoCores: 2.5e8 }, containers: [container, { name: "" }] },
    { podRef: {} },
  ],
};

describe("a kubelet summary", () => {
  it("becomes samples of node, pods and containers in base units", () => {
    expect(parseSummary(body)).toEqual({
      pressure: "moving",
      samples: [
        {
          entity: { level: "node", namespace: "", kind: "", name: "n1", container: "" },
          values: { cpuUsedCores: 0.5 },
        },
        {
          entity: { level: "pod", namespace: "web", kind: "", name: "p", container: "" },
          values: { cpuUsedCores: 0.25 },
        },
        {
          entity: { level: "container", namespace: "web", kind: "", name: "p", container: "main" },
          values: {
            cpuUsedCores: 0.25,
            memoryWorkingSetBytes: 1024,
            swapUsedBytes: 7,
            cpuWaitingRatio: 1, // 150 % is a rounding artefact of the kernel; a share of time ends at 1
            cpuStalledRatio: 0.125,
            memoryWaitingRatio: 0.02,
            memoryStalledRatio: 0.01,
          },
        },
      ],
    });
  });

  it("keeps a measured zero where pressure moves elsewhere on the node", () => {
    const quiet = {
      ...container,
      cpu: { psi: { some: { total: 0, avg60: 0 }, full: { total: 0, avg60: 0 } } },
      memory: {},
      swap: {},
    };
    const { samples } = parseSummary({
      ...body,
      pods: [{ ...body.pods[0], containers: [container, { ...quiet, name: "quiet" }] }],
    });
    expect(samples.at(-1)?.values).toEqual({ cpuWaitingRatio: 0, cpuStalledRatio: 0 });
  });

  it("has no pressure where the kubelet gives none", () => {
    expect(parseSummary({ node: { nodeName: "n" }, pods: [] })).toEqual({ samples: [], pressure: "absent" });
  });

  it.each([null, [], {}, { node: {} }, "x"])("refuses %j", (value) => {
    expect(() => parseSummary(value)).toThrow(SourceError);
  });
});
