import { describe, expect, it } from "vitest";
import {
  aMutatingWebhook,
  anApiResource,
  aPolicy,
  aPolicyBinding,
  aSnapshot,
  aVersion,
  componentsAt,
  servedByDefault,
} from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import type { ControlPlaneSample } from "../../snapshot.ts";
import { mutatingAdmissionPolicy as check } from "./mutating-admission-policy.ts";

const version = aVersion("1.36");
const bound = { version, mutatingAdmissionPolicies: [aPolicy()], mutatingAdmissionPolicyBindings: [aPolicyBinding()] };
const sample = (metric: string, labels: Record<string, string>, value: number): ControlPlaneSample => ({
  component: "kube-apiserver",
  metric,
  labels,
  value,
});
const ran = (errorType: string) =>
  sample("apiserver_mutating_admission_policy_check_total", { policy: "team-label", error_type: errorType }, 4);

describe("mutating admission policies", () => {
  it("is effective when a bound policy runs without errors", () => {
    const outcome = judge(check, aSnapshot({ ...bound, controlPlaneMetrics: [ran("no_error")] }));
    expect(outcome).toMatchObject({ verdict: "effective", adoption: { numerator: 1, denominator: 1 } });
  });
  it("is blocked when it reports nothing but errors, and in use when nothing shows that it ran", () => {
    const outcome = judge(check, aSnapshot({ ...bound, controlPlaneMetrics: [ran("compile_error")] }));
    expect(outcome).toMatchObject({ verdict: "blocked", blockers: [{ key: "policy-errors", severity: "blocking" }] });
    expect(judge(check, aSnapshot(bound))).toMatchObject({
      verdict: "in-use",
      stages: { effective: { state: "unknown" } },
    });
  });
  it("is ready and unused beside webhooks, and tells what they cost", () => {
    const controlPlaneMetrics = [
      sample("apiserver_admission_webhook_admission_duration_seconds_sum", { name: "defaults.example.com" }, 1),
      sample("apiserver_admission_webhook_admission_duration_seconds_count", { name: "defaults.example.com" }, 8),
      sample(
        "apiserver_admission_webhook_rejection_count",
        { name: "defaults.example.com", error_type: "calling_webhook_error" },
        3,
      ),
      sample(
        "apiserver_admission_webhook_rejection_count",
        { name: "defaults.example.com", error_type: "no_error" },
        9,
      ),
    ];
    const outcome = judge(check, aSnapshot({ version, mutatingWebhooks: [aMutatingWebhook()], controlPlaneMetrics }));
    expect(outcome.verdict).toBe("ready-unused");
    expect(outcome.objects[0]?.items[0]?.params).toEqual({ latency: "0.125", failures: 3, policy: "Fail" });
    expect(outcome.blockers.map((found) => found.key)).toEqual(["webhooks-replaceable", "webhook-failing"]);
  });
  it("finds policies without binding, dangling bindings and missing parameters", () => {
    const outcome = judge(
      check,
      aSnapshot({
        version,
        mutatingAdmissionPolicies: [
          aPolicy({ name: "lonely" }),
          aPolicy({ name: "with-param", paramKind: "ConfigMap" }),
        ],
        mutatingAdmissionPolicyBindings: [
          aPolicyBinding({ policyName: "gone" }),
          aPolicyBinding({ policyName: "with-param" }),
        ],
      }),
    );
    expect(outcome.blockers.map((found) => found.key)).toEqual([
      "policy-unbound",
      "binding-dangling",
      "binding-without-param",
    ]);
  });
  it("is not applicable without policies and webhooks", () => {
    expect(judge(check, aSnapshot({ version })).verdict).toBe("not-applicable");
  });
  it("is off on 1.34 unless the beta API and the gate are on", () => {
    expect(judge(check, aSnapshot()).verdict).toBe("off");
    const apiResources = [
      ...servedByDefault(),
      anApiResource("admissionregistration.k8s.io", "v1beta1", "mutatingadmissionpolicies"),
    ];
    expect(judge(check, aSnapshot({ apiResources })).verdict).toBe("off");
    const components = componentsAt("1.34", { MutatingAdmissionPolicy: true });
    const { version: _version, ...objects } = bound;
    expect(judge(check, aSnapshot({ ...objects, apiResources, components })).verdict).toBe("in-use");
  });
  it("is not available before 1.32", () => {
    expect(judge(check, aSnapshot({ version: aVersion("1.31") })).verdict).toBe("not-available");
  });
  it("stays unknown when listing policies is forbidden", () => {
    expect(judge(check, aSnapshot({ version }, { mutatingAdmissionPolicies: "forbidden" }))).toMatchObject({
      verdict: "unknown",
      stages: { adopted: { unknownReason: "mutatingAdmissionPolicies: forbidden" } },
    });
  });
});
