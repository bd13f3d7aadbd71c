import { describe, expect, it } from "vitest";
import { aKubelet, aNode, aSnapshot, aVersion, componentsAt } from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { pressureStallInformation as check } from "./pressure-stall-information.ts";

const at = (version: string, kubelet: Parameters<typeof aKubelet>[0]) => {
  const nodes = [aNode({ name: "node-a", kubeletVersion: `${version}.2` })];
  return aSnapshot({ version: aVersion(version), nodes, kubelets: [aKubelet(kubelet)] });
};

describe("pressure stall information", () => {
  it("is effective where values move", () => {
    expect(judge(check, aSnapshot())).toMatchObject({ verdict: "effective", stages: { effective: { met: 3, of: 3 } } });
  });
  it.each([
    ["zeros on a kubelet that does not test the kernel", "1.34", { pressureSeries: "all-zero" }, "not-exposed"],
    ["zeros on a kubelet that tested the kernel", "1.36", { pressureSeries: "all-zero" }, "effective"],
    ["no series", "1.36", { pressureSeries: "absent" }, "not-exposed"],
    ["cgroup v1", "1.34", { cgroupVersion: 1 }, "blocked"],
    ["series not read on a version that locks it", "1.36", { pressureSeries: null }, "always-on"],
    ["series not read", "1.34", { pressureSeries: null }, "unknown"],
    ["a version that lacks it", "1.32", {}, "not-available"],
  ] as const)("with %s", (_what, version, kubelet, verdict) => {
    expect(judge(check, at(version, kubelet)).verdict).toBe(verdict);
  });
  it("is in use when only some nodes give values", () => {
    const kubelets = [aKubelet(), aKubelet({ nodeName: "node-b", pressureSeries: "all-zero" })];
    expect(judge(check, aSnapshot({ kubelets }))).toMatchObject({
      verdict: "in-use",
      stages: { effective: { state: "partly", met: 1, of: 2 } },
      blockers: [{ key: "series-zero", count: 1 }],
    });
  });
  it("is off on 1.33, where it is alpha, and drifts with it", () => {
    const old = aNode({ name: "node-a", kubeletVersion: "1.33.4" });
    expect(judge(check, at("1.33", {})).verdict).toBe("off");
    const nodes = [old, aNode({ name: "node-b" })];
    expect(judge(check, aSnapshot({ nodes, components: componentsAt("1.34", {}, nodes) })).verdict).toBe("drift");
  });
  it("stays unknown where kubelets are not configured", () => {
    expect(judge(check, aSnapshot({}, { kubelets: "not-configured" }))).toMatchObject({
      verdict: "unknown",
      stages: { effective: { unknownReason: "kubelets: not-configured" } },
    });
  });
});
