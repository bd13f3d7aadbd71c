import { describe, expect, it } from "vitest";
import {
  aKubelet,
  aNode,
  anApiResource,
  anEvent,
  aPod,
  aSnapshot,
  aVersion,
  componentsAt,
} from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { inPlacePodResize as check } from "./in-place-pod-resize.ts";

const resizing = (type: string, reason: string) =>
  aPod({ name: "web-1", conditions: [{ type, status: "True", reason, message: "", at: null }] });

describe("in-place pod resize", () => {
  it("is effective when resizes complete", () => {
    const events = [anEvent({ reason: "ResizeCompleted" })];
    expect(judge(check, aSnapshot({ pods: [aPod({ name: "web-1" }), aPod()], events }))).toMatchObject({
      verdict: "effective",
      adoption: { numerator: 1, denominator: 2 },
    });
  });
  it.each([
    ["PodResizePending", "Deferred", "resize-Deferred", "warning", "in-use"],
    ["PodResizePending", "Infeasible", "resize-Infeasible", "blocking", "blocked"],
    ["PodResizeInProgress", "Error", "resize-Error", "blocking", "blocked"],
  ])("is judged with %s %s", (type, reason, key, severity, verdict) => {
    expect(judge(check, aSnapshot({ pods: [resizing(type, reason)] }))).toMatchObject({
      verdict,
      blockers: [{ key, severity }],
    });
  });
  it("is ready and unused where nobody resizes, and leaves static pods out", () => {
    const pods = [aPod(), aPod({ isMirror: true })];
    expect(judge(check, aSnapshot({ pods, kubelets: [aKubelet({ cpuManagerPolicy: "static" })] }))).toMatchObject({
      verdict: "ready-unused",
      adoption: { denominator: 1 },
      blockers: [{ key: "static-managers" }],
    });
  });
  it("is blocked where pods/resize is not served", () => {
    expect(judge(check, aSnapshot({ apiResources: [anApiResource("", "v1", "pods")] })).verdict).toBe("blocked");
  });
  it("drifts with an old kubelet, is off before 1.33 and not applicable without pods", () => {
    const nodes = [aNode({ name: "node-a" }), aNode({ name: "node-b", kubeletVersion: "1.32.9" })];
    expect(judge(check, aSnapshot({ nodes, components: componentsAt("1.34", {}, nodes) })).verdict).toBe("drift");
    expect(judge(check, aSnapshot({ version: aVersion("1.32") })).verdict).toBe("off");
    expect(judge(check, aSnapshot()).verdict).toBe("not-applicable");
  });
  it("stays unknown without pods to look at", () => {
    expect(judge(check, aSnapshot({}, { pods: "timed-out" }))).toMatchObject({
      verdict: "unknown",
      stages: { adopted: { unknownReason: "pods: timed-out" } },
    });
  });
});
