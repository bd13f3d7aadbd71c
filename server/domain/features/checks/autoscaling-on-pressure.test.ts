import { describe, expect, it } from "vitest";
import { aKubelet, anAutoscaler, aSnapshot, aVersion } from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { autoscalingOnPressure as check } from "./autoscaling-on-pressure.ts";

const apiServices = [{ name: "v1beta1.external.metrics.k8s.io", isAvailable: true, isLocal: false, reason: null }];
const onPressure = anAutoscaler({ metrics: [{ type: "External", name: "cpu_pressure_waiting" }] });

describe("autoscaling on pressure", () => {
  it("is effective when such an autoscaler scales", () => {
    const horizontalPodAutoscalers = [onPressure, anAutoscaler({ name: "api" })];
    expect(judge(check, aSnapshot({ apiServices, horizontalPodAutoscalers }))).toMatchObject({
      verdict: "effective",
      adoption: { numerator: 1, denominator: 2 },
    });
  });
  it("is blocked when its metric fails", () => {
    const conditions = [{ type: "ScalingActive", status: "False", reason: "FailedGetExternalMetric" }];
    expect(
      judge(check, aSnapshot({ apiServices, horizontalPodAutoscalers: [{ ...onPressure, conditions }] })),
    ).toMatchObject({ verdict: "blocked", blockers: [{ key: "metric-failing" }] });
  });
  it("is ready and unused, blocked without an adapter, not applicable without autoscalers", () => {
    expect(judge(check, aSnapshot({ apiServices, horizontalPodAutoscalers: [anAutoscaler()] })).verdict).toBe(
      "ready-unused",
    );
    expect(judge(check, aSnapshot({ horizontalPodAutoscalers: [anAutoscaler()] })).verdict).toBe("blocked");
    expect(judge(check, aSnapshot({ apiServices })).verdict).toBe("not-applicable");
    expect(judge(check, aSnapshot({ version: aVersion("1.22") })).verdict).toBe("not-available");
  });
  it("stays unknown when APIServices or autoscalers cannot be read, and warns of silent kubelets", () => {
    const horizontalPodAutoscalers = [anAutoscaler()];
    expect(judge(check, aSnapshot({ horizontalPodAutoscalers }, { apiServices: "forbidden" })).verdict).toBe("unknown");
    expect(judge(check, aSnapshot({ apiServices }, { horizontalPodAutoscalers: "forbidden" })).verdict).toBe("unknown");
    expect(judge(check, aSnapshot({ kubelets: [aKubelet({ pressureSeries: "absent" })] })).blockers[0]?.key).toBe(
      "no-pressure-series",
    );
  });
});
