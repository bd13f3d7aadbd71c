import type { ControlPlaneSample } from "../../snapshot.ts";
import { defineCheck, rule, stage } from "../define-check.ts";
import { availableSince, judgeEnabled } from "../gate-stages.ts";
import {
  blocker,
  cannotTell,
  inferred,
  met,
  notApplicable,
  notMet,
  ObjectCollector,
  share,
  Tally,
} from "../judgement.ts";

const GATE = "MutatingAdmissionPolicy";
const API = "admissionregistration.k8s.io mutatingadmissionpolicies";
const CHECKS = "apiserver_mutating_admission_policy_check_total";
const WEBHOOK_SECONDS = "apiserver_admission_webhook_admission_duration_seconds";
const WEBHOOK_REJECTIONS = "apiserver_admission_webhook_rejection_count";
const WEBHOOK_FAIL_OPEN = "apiserver_admission_webhook_fail_open_count";

export const mutatingAdmissionPolicy = defineCheck({
  id: "mutating-admission-policy",
  kind: "adoptable",
  gates: [GATE],
  docsUrl: "https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/",
  words: {
    en: {
      title: "Mutating admission policies",
      why: "Changes requests inside the API server: no webhook to run, wait for or lose.",
      sentences: {
        "api-shows-it": "{api} {versions} is served, which takes the gate.",
        "policies-clean": "{met} of {of} bound {of|policy|policies} ran without an error.",
        "policies-not-run": "No metric shows that a bound policy ran.",
        "no-bound-policy": "No policy is bound.",
        "policy-unbound":
          "{count} {count|policy|policies} {count|has|have} no binding and {count|does|do} nothing ({example}).",
        "binding-dangling":
          "{count} {count|binding|bindings} {count|names|name} a policy that does not exist ({example}).",
        "binding-without-param":
          "{count} {count|binding|bindings} of policies with parameters {count|names|name} none ({example}).",
        "policy-errors": "{count} {count|policy|policies} reported errors ({example}).",
        "webhooks-replaceable":
          "{count} mutating {count|webhook|webhooks} might become {count|a policy|policies} if a CEL expression can say what {count|it does|they do}.",
        "webhook-failing": "{count} {count|webhook|webhooks} failed or {count|was|were} skipped ({example}).",
        webhooks: "Mutating webhooks that policies might replace",
        policies: "Policies",
        bound: "bound",
        unbound: "not bound",
        "webhook-cost": "{latency} s on average, {failures} failures, failurePolicy {policy}",
      },
    },
    zh: {
      title: "变更准入策略",
      why: "在 API 服务器内部修改请求：无需运行、等待或失去 webhook。",
      sentences: {
        "api-shows-it": "已提供 {api} {versions}，这需要开启门控。",
        "policies-clean": "{of} 个已绑定策略中有 {met} 个运行无误。",
        "policies-not-run": "没有指标显示已绑定的策略运行过。",
        "no-bound-policy": "没有已绑定的策略。",
        "policy-unbound": "{count} 个策略没有绑定，不起作用（{example}）。",
        "binding-dangling": "{count} 个绑定引用了不存在的策略（{example}）。",
        "binding-without-param": "{count} 个带参数策略的绑定未指定参数（{example}）。",
        "policy-errors": "{count} 个策略报告了错误（{example}）。",
        "webhooks-replaceable": "{count} 个变更型 webhook 若能用 CEL 表达，或可改为策略。",
        "webhook-failing": "{count} 个 webhook 失败或被跳过（{example}）。",
        webhooks: "策略或可替代的变更型 webhook",
        policies: "策略",
        bound: "已绑定",
        unbound: "未绑定",
        "webhook-cost": "平均 {latency} 秒，失败 {failures} 次，failurePolicy {policy}",
      },
    },
  },
  // 1.30 and 1.31 know the gate, but nothing stands behind it.
  available: availableSince("1.32"),
  enabled: stage({
    needs: ["apiResources"],
    signal: `kubernetes_feature_enabled{name=${GATE}} and GET /apis/admissionregistration.k8s.io`,
    judge({ apiResources }, context) {
      const versions = apiResources
        .filter((api) => api.resource === "mutatingadmissionpolicies")
        .map((api) => api.version);
      const evidence = [context.saw("apiResources", API, versions.join(", ") || "not served")];
      if (versions.length === 0) return notMet("api-not-served", { api: API }, evidence);
      const byGate = judgeEnabled(context, [GATE]);
      if (byGate.state !== "unknown" && byGate.state !== "not-exposed") return byGate;
      return inferred("api-shows-it", { api: API, versions: versions.join(", ") }, evidence);
    },
  }),
  ready: stage({ needs: [], signal: "nothing needed", judge: () => notApplicable("nothing-needed") }),
  adopted: rule({
    needs: ["mutatingAdmissionPolicies", "mutatingAdmissionPolicyBindings"],
    wants: ["mutatingWebhooks"],
    signal: "policies with a binding ÷ policies and mutating webhooks",
    judge({ mutatingAdmissionPolicies, mutatingAdmissionPolicyBindings, mutatingWebhooks }, context) {
      const bound = new Set(mutatingAdmissionPolicyBindings.map((binding) => binding.policyName));
      const tally = new Tally(context.team, "webhooks");
      for (const policy of mutatingAdmissionPolicies) tally.addUnowned(bound.has(policy.name));
      for (const _webhook of mutatingWebhooks ?? []) tally.addUnowned(false);
      return tally;
    },
  }),
  effective: stage({
    needs: ["mutatingAdmissionPolicies", "mutatingAdmissionPolicyBindings", "controlPlaneMetrics"],
    signal: `${CHECKS}{policy,error_type}`,
    judge({ mutatingAdmissionPolicies, mutatingAdmissionPolicyBindings, controlPlaneMetrics }, context) {
      const bound = new Set(mutatingAdmissionPolicyBindings.map((binding) => binding.policyName));
      const policies = mutatingAdmissionPolicies.filter((policy) => bound.has(policy.name));
      if (policies.length === 0) return notApplicable("no-bound-policy");
      const runs = checksByPolicy(controlPlaneMetrics);
      const ran = policies.filter((policy) => runs.has(policy.name));
      if (ran.length === 0) return cannotTell("policies-not-run", "controlPlaneMetrics: no sample");
      const clean = ran.filter((policy) => runs.get(policy.name)?.errors === 0);
      const evidence = ran.map((policy) => {
        const { total = 0, errors = 0 } = runs.get(policy.name) ?? {};
        return context.noted(
          "metric",
          `${CHECKS}{policy="${policy.name}"}`,
          policy.name,
          `${total} checks, ${errors} errors`,
        );
      });
      if (clean.length === policies.length)
        return met("policies-clean", { met: clean.length, of: policies.length }, evidence);
      return share(clean.length, policies.length, "policies-clean", evidence);
    },
  }),
  blockers: [
    rule({
      needs: ["mutatingAdmissionPolicies", "mutatingAdmissionPolicyBindings"],
      signal: "policies against bindings",
      judge({ mutatingAdmissionPolicies, mutatingAdmissionPolicyBindings }, context) {
        const bound = new Set(mutatingAdmissionPolicyBindings.map((binding) => binding.policyName));
        const known = new Map(mutatingAdmissionPolicies.map((policy) => [policy.name, policy]));
        const unbound = mutatingAdmissionPolicies.filter((policy) => !bound.has(policy.name));
        const dangling = mutatingAdmissionPolicyBindings.filter((binding) => !known.has(binding.policyName));
        const bare = mutatingAdmissionPolicyBindings.filter(
          (binding) => binding.paramName === null && (known.get(binding.policyName)?.paramKind ?? null) !== null,
        );
        const saw = (name: string, observed: string) => context.saw("mutatingAdmissionPolicyBindings", name, observed);
        return [
          ...(unbound.length > 0
            ? [
                blocker(
                  "policy-unbound",
                  "warning",
                  unbound.map((policy) => saw(policy.name, "no binding")),
                  { example: unbound[0]?.name ?? "" },
                ),
              ]
            : []),
          ...(dangling.length > 0
            ? [
                blocker(
                  "binding-dangling",
                  "blocking",
                  dangling.map((binding) => saw(binding.name, `policy ${binding.policyName} is missing`)),
                  { example: dangling[0]?.name ?? "" },
                ),
              ]
            : []),
          ...(bare.length > 0
            ? [
                blocker(
                  "binding-without-param",
                  "warning",
                  bare.map((binding) => saw(binding.name, "no paramRef")),
                  { example: bare[0]?.name ?? "" },
                ),
              ]
            : []),
        ];
      },
    }),
    rule({
      needs: ["mutatingWebhooks"],
      wants: ["controlPlaneMetrics"],
      signal: `${WEBHOOK_SECONDS}, ${WEBHOOK_REJECTIONS}, ${WEBHOOK_FAIL_OPEN}`,
      judge({ mutatingWebhooks, controlPlaneMetrics }, context) {
        if (mutatingWebhooks.length === 0) return [];
        const costs = costByWebhook(controlPlaneMetrics ?? []);
        const failing = mutatingWebhooks.filter((webhook) => (costs.get(webhook.name)?.failures ?? 0) > 0);
        const saw = (name: string) => {
          const cost = costs.get(name);
          const observed =
            cost === undefined ? "no metric" : `${formatLatency(cost)} s on average, ${cost.failures} failures`;
          return context.noted("metric", `${WEBHOOK_SECONDS}{name="${name}"}`, `webhook/${name}`, observed);
        };
        return [
          blocker(
            "webhooks-replaceable",
            "info",
            mutatingWebhooks.map((webhook) => saw(webhook.name)),
          ),
          ...(failing.length > 0
            ? [
                blocker(
                  "webhook-failing",
                  "warning",
                  failing.map((webhook) => saw(webhook.name)),
                  { example: failing[0]?.name ?? "" },
                ),
              ]
            : []),
        ];
      },
    }),
    rule({
      needs: ["controlPlaneMetrics"],
      signal: CHECKS,
      judge({ controlPlaneMetrics }, context) {
        const wrong = [...checksByPolicy(controlPlaneMetrics)].filter(([, run]) => run.errors > 0);
        const evidence = wrong.map(([name, run]) =>
          context.noted("metric", `${CHECKS}{policy="${name}"}`, name, `${run.errors} errors`),
        );
        return wrong.length > 0
          ? [blocker("policy-errors", "blocking", evidence, { example: wrong[0]?.[0] ?? "" })]
          : [];
      },
    }),
  ],
  objects: rule({
    needs: [],
    wants: ["mutatingAdmissionPolicies", "mutatingAdmissionPolicyBindings", "mutatingWebhooks", "controlPlaneMetrics"],
    signal: "policies and webhooks",
    judge({ mutatingAdmissionPolicies, mutatingAdmissionPolicyBindings, mutatingWebhooks, controlPlaneMetrics }) {
      const bound = new Set((mutatingAdmissionPolicyBindings ?? []).map((binding) => binding.policyName));
      const policies = new ObjectCollector("policies");
      for (const policy of mutatingAdmissionPolicies ?? []) {
        policies.add("MutatingAdmissionPolicy", "", policy.name, bound.has(policy.name) ? "bound" : "unbound");
      }
      const webhooks = new ObjectCollector("webhooks");
      const costs = costByWebhook(controlPlaneMetrics ?? []);
      for (const webhook of mutatingWebhooks ?? []) {
        const cost = costs.get(webhook.name);
        webhooks.add("MutatingWebhookConfiguration", "", `${webhook.configuration}/${webhook.name}`, "webhook-cost", {
          latency: cost === undefined ? "–" : formatLatency(cost),
          failures: cost?.failures ?? "–",
          policy: webhook.failurePolicy ?? "Fail",
        });
      }
      return [policies.toList(), webhooks.toList()];
    },
  }),
});

function checksByPolicy(samples: readonly ControlPlaneSample[]): Map<string, { total: number; errors: number }> {
  const runs = new Map<string, { total: number; errors: number }>();
  for (const { metric, labels, value } of samples) {
    const policy = labels.policy;
    if (metric !== CHECKS || policy === undefined) continue;
    const run = runs.get(policy) ?? { total: 0, errors: 0 };
    run.total += value;
    if (labels.error_type !== undefined && labels.error_type !== "" && labels.error_type !== "no_error")
      run.errors += value;
    runs.set(policy, run);
  }
  return runs;
}

type WebhookCost = { sumSeconds: number; calls: number; failures: number };

function costByWebhook(samples: readonly ControlPlaneSample[]): Map<string, WebhookCost> {
  const costs = new Map<string, WebhookCost>();
  for (const { metric, labels, value } of samples) {
    const name = labels.name;
    if (name === undefined || !metric.startsWith("apiserver_admission_webhook_")) continue;
    const cost = costs.get(name) ?? { sumSeconds: 0, calls: 0, failures: 0 };
    if (metric === `${WEBHOOK_SECONDS}_sum`) cost.sumSeconds += value;
    else if (metric === `${WEBHOOK_SECONDS}_count`) cost.calls += value;
    else if (metric === WEBHOOK_FAIL_OPEN) cost.failures += value;
    // A rejection with error_type no_error is the webhook doing its work.
    else if (metric === WEBHOOK_REJECTIONS && labels.error_type !== "no_error") cost.failures += value;
    costs.set(name, cost);
  }
  return costs;
}

function formatLatency(cost: WebhookCost): string {
  return cost.calls === 0 ? "–" : (cost.sumSeconds / cost.calls).toFixed(3);
}
