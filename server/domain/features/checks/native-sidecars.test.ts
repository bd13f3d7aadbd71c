import { describe, expect, it } from "vitest";
import {
  aContainer,
  aContainerStatus,
  aNode,
  aPod,
  aSnapshot,
  aTemplate,
  aVersion,
  componentsAt,
} from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { nativeSidecars as check, findClassicSidecar } from "./native-sidecars.ts";

const native = aTemplate({ initContainers: [aContainer({ name: "proxy", restartPolicy: "Always" })] });
const classic = aTemplate({ containers: [aContainer(), aContainer({ name: "istio-proxy" })] });
const proxy = (isStarted: boolean) => aContainerStatus({ name: "proxy", isInit: true, isStarted });

describe("native sidecars", () => {
  it("is effective when sidecars start", () => {
    const pods = [aPod({ template: native, containers: [proxy(true)] })];
    expect(judge(check, aSnapshot({ pods }))).toMatchObject({
      verdict: "effective",
      adoption: { numerator: 1, denominator: 1 },
    });
  });
  it("is blocked by a sidecar that never starts", () => {
    const pods = [aPod({ template: native, phase: "Pending", containers: [proxy(false)] })];
    expect(judge(check, aSnapshot({ pods }))).toMatchObject({
      verdict: "blocked",
      blockers: [{ key: "never-started", severity: "blocking" }],
    });
  });
  it("is ready and unused, with what classic sidecars of Jobs cost", () => {
    const job = aPod({
      template: classic,
      owner: { kind: "Job", namespace: "shop", name: "report" },
      containers: [
        aContainerStatus({ state: "terminated", exitCode: 0, finishedAt: new Date("2026-11-22T03:00:00Z") }),
        aContainerStatus({ name: "istio-proxy" }),
      ],
    });
    const outcome = judge(check, aSnapshot({ pods: [job] }));
    expect(outcome).toMatchObject({
      verdict: "ready-unused",
      value: { quantity: 3, unit: "pod-hours" },
      blockers: [{ key: "jobs-kept-alive" }],
    });
    expect(outcome.objects).toMatchObject([
      { key: "classic-sidecars", total: 1, items: [{ params: { container: "istio-proxy" } }] },
    ]);
  });
  it("lets a Job whose main container still runs be", () => {
    const job = aPod({ template: classic, owner: { kind: "Job", namespace: "shop", name: "report" } });
    expect(judge(check, aSnapshot({ pods: [job] }))).toMatchObject({ blockers: [], value: null });
  });
  it("is not applicable without helpers, blocked on old kubelets, unknown without pods", () => {
    expect(judge(check, aSnapshot({ pods: [aPod()] })).verdict).toBe("not-applicable");
    const nodes = [aNode({ name: "node-a", kubeletVersion: "1.28.1" })];
    expect(judge(check, aSnapshot({ nodes, components: [] })).verdict).toBe("blocked");
    expect(judge(check, aSnapshot({}, { pods: "forbidden" })).stages.adopted.unknownReason).toBe("pods: forbidden");
  });
  it("can be off on 1.32", () => {
    const components = componentsAt("1.32", { SidecarContainers: false });
    expect(judge(check, aSnapshot({ version: aVersion("1.32"), components })).verdict).toBe("off");
  });
});

describe("classic sidecars by pattern", () => {
  it.each([
    [["main", "registry.example/fluent-bit:3"], "c1"],
    [["envoy.example/main:1", "registry.example/app:2"], null],
    [["x/envoy", "x/fluentd"], null],
    [["x/app"], null],
  ] as const)("%j", (images, expected) => {
    const containers = images.map((image, at) => aContainer({ name: `c${at}`, image }));
    expect(findClassicSidecar(aTemplate({ containers }))).toBe(expected);
  });
});
