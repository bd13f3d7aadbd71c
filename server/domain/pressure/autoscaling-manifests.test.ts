import { describe, expect, it } from "vitest";
import { DEFAULT_SCALING } from "./autoscale-replay.ts";
import { autoscalingManifests, podPattern } from "./autoscaling-manifests.ts";

const target = { namespace: "payments", kind: "Deployment", name: "gateway", resource: "cpu" } as const;

describe("manifests for autoscaling on pressure", () => {
  it("name the same metric in the rule, the adapter and the autoscaler", () => {
    const { recordingRule, prometheusAdapter, horizontalPodAutoscaler } = autoscalingManifests(target, DEFAULT_SCALING);
    expect(recordingRule).toContain('record: "workload:container_pressure_cpu_waiting:ratio"');
    expect(prometheusAdapter).toContain('{__name__="workload:container_pressure_cpu_waiting:ratio"}');
    expect(prometheusAdapter).toContain('as: "pressure_cpu_waiting_ratio"');
    expect(horizontalPodAutoscaler).toContain("name: pressure_cpu_waiting_ratio");
    expect(horizontalPodAutoscaler).toContain('value: "200m"');
  });
  it("carry the settings into both forms", () => {
    const settings = { ...DEFAULT_SCALING, minReplicas: 3, maxReplicas: 7, scaleDownStabilizationSeconds: 900 };
    const { horizontalPodAutoscaler, scaledObject } = autoscalingManifests(target, settings);
    expect(horizontalPodAutoscaler).toMatch(/minReplicas: 3\n {2}maxReplicas: 7/);
    expect(scaledObject).toMatch(/minReplicaCount: 3\n {2}maxReplicaCount: 7/);
    for (const text of [horizontalPodAutoscaler, scaledObject])
      expect(text).toContain("stabilizationWindowSeconds: 900");
  });
  it("meet the pods of the workload and no others", () => {
    const deployment = new RegExp(`^${podPattern(target)}$`);
    expect(deployment.test("gateway-5w47r7682k-fq7w4")).toBe(true);
    expect(deployment.test("gateway-canary-5w47r7682k-fq7w4")).toBe(false);
    const stateful = new RegExp(`^${podPattern({ kind: "StatefulSet", name: "db.main" })}$`);
    expect(stateful.test("db.main-0")).toBe(true);
    expect(stateful.test("dbxmain-0")).toBe(false);
  });
});
