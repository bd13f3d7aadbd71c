import type { RoleBindingFacts, RoleFacts } from "../../snapshot.ts";
import { defineCheck, nothingNeeded, rule, stage } from "../define-check.ts";
import { availableByGates, enabledByGates } from "../gate-stages.ts";
import { blocker, cannotTell, met, notApplicable, notMet, ObjectCollector } from "../judgement.ts";
import { REACH_LEVELS, type Reach, reachOfBinding } from "../rbac-reach.ts";

const GATE = "AnonymousAuthConfigurableEndpoints";

export type AnonymousAccess = "off" | "restricted" | "open" | "unknown";

/** What the answers to requests without credentials mean. 401 on an arbitrary path = off or restricted to listed paths. */
export function readAnonymousAccess(statusByPath: Readonly<Record<string, number | null>>): AnonymousAccess {
  const api = statusByPath["/api"] ?? null;
  if (api === 200 || api === 403) return "open";
  if (api !== 401) return "unknown";
  const health = ["/livez", "/healthz", "/readyz"].map((path) => statusByPath[path] ?? null);
  if (health.some((status) => status === 200)) return "restricted";
  return health.some((status) => status === 401 || status === 403) ? "off" : "unknown";
}

export const anonymousAuth = defineCheck({
  id: "anonymous-auth",
  kind: "adoptable",
  gates: [GATE],
  docsUrl:
    "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-authenticator-configuration",
  words: {
    en: {
      title: "Anonymous access limited to health paths",
      why: "Requests without credentials reach health checks and nothing else, whatever RBAC says.",
      sentences: {
        "anonymous-restricted": "Only listed paths answer without credentials.",
        "anonymous-off": "Anonymous requests are refused altogether.",
        "anonymous-open": "Any path accepts anonymous requests and leaves it to RBAC (GET /api answers {status}).",
        "probe-unclear": "The answers to anonymous requests do not tell.",
        clean: "No binding gives anonymous requests more than the built-in health and version paths.",
        "reach-beyond": "{count} {count|binding|bindings} {count|gives|give} anonymous requests more.",
        "wide-open": "Anonymous requests are open; today RBAC gives them nothing beyond the built-in paths.",
        "anonymous-critical":
          "{count} {count|binding|bindings} {count|lets|let} anyone without credentials do critical things ({example}: {because}).",
        "anonymous-high":
          "{count} {count|binding|bindings} {count|lets|let} anyone without credentials write ({example}: {because}).",
        "anonymous-medium":
          "{count} {count|binding|bindings} {count|lets|let} anyone without credentials read the cluster ({example}: {because}).",
        "anonymous-unknown":
          "{count} {count|binding|bindings} for anonymous requests {count|names|name} a role that could not be read ({example}).",
        "anonymous-low":
          "{count} {count|binding|bindings} {count|gives|give} anonymous requests minor paths ({example}: {because}).",
        "anonymous-none":
          "{count} {count|binding|bindings} for anonymous requests {count|allows|allow} nothing ({example}).",
        "anonymous-bindings": "Bindings for anonymous requests, most dangerous first",
        reach: "{level}: {because} (role {role})",
      },
    },
    zh: {
      title: "匿名访问仅限健康检查路径",
      why: "无论 RBAC 如何，无凭据的请求只能访问健康检查。",
      sentences: {
        "anonymous-restricted": "只有列出的路径无需凭据即可应答。",
        "anonymous-off": "完全拒绝匿名请求。",
        "anonymous-open": "任何路径都接受匿名请求并交由 RBAC 决定（GET /api 返回 {status}）。",
        "probe-unclear": "匿名请求的应答无法说明情况。",
        clean: "没有绑定授予匿名请求内置健康与版本路径以外的权限。",
        "reach-beyond": "{count} 个绑定授予匿名请求更多权限。",
        "wide-open": "匿名请求是开放的；目前 RBAC 未授予其内置路径以外的权限。",
        "anonymous-critical": "{count} 个绑定允许无凭据者进行危险操作（{example}：{because}）。",
        "anonymous-high": "{count} 个绑定允许无凭据者写入（{example}：{because}）。",
        "anonymous-medium": "{count} 个绑定允许无凭据者读取集群（{example}：{because}）。",
        "anonymous-unknown": "{count} 个面向匿名请求的绑定引用了无法读取的角色（{example}）。",
        "anonymous-low": "{count} 个绑定授予匿名请求次要路径（{example}：{because}）。",
        "anonymous-none": "{count} 个面向匿名请求的绑定不授予任何权限（{example}）。",
        "anonymous-bindings": "面向匿名请求的绑定，最危险者在前",
        reach: "{level}：{because}（角色 {role}）",
      },
    },
  },
  available: availableByGates(GATE),
  enabled: enabledByGates(GATE),
  ready: nothingNeeded,
  adopted: stage({
    needs: ["anonymousProbe"],
    signal: "GET /api, /livez, /healthz, /readyz without credentials",
    judge({ anonymousProbe }, context) {
      const statuses = Object.entries(anonymousProbe.statusByPath);
      const evidence = statuses.map(([path, status]) => context.saw("anonymousProbe", path, status ?? "no answer"));
      switch (readAnonymousAccess(anonymousProbe.statusByPath)) {
        case "restricted":
          return met("anonymous-restricted", {}, evidence);
        case "off":
          return notApplicable("anonymous-off");
        case "open":
          return notMet("anonymous-open", { status: anonymousProbe.statusByPath["/api"] ?? "–" }, evidence);
        case "unknown":
          return cannotTell("probe-unclear", "anonymousProbe: no clear answer");
      }
    },
  }),
  effective: stage({
    needs: ["anonymousProbe", "roleBindings"],
    wants: ["roles"],
    signal: "bindings whose subjects hold system:anonymous or system:unauthenticated",
    judge({ anonymousProbe, roleBindings, roles }, context) {
      const reaches = anonymousReach(roleBindings, roles);
      const evidence = reaches.map(({ binding, reach }) =>
        context.saw("roleBindings", nameOf(binding), `${reach.level}: ${reach.because}`),
      );
      const access = readAnonymousAccess(anonymousProbe.statusByPath);
      if (access === "unknown") return cannotTell("probe-unclear", "anonymousProbe: no clear answer");
      if (access === "off") return met("anonymous-off", {}, evidence);
      if (reaches.length > 0) return notMet("reach-beyond", { count: reaches.length }, evidence);
      return access === "open"
        ? notMet("wide-open")
        : met("clean", {}, [context.saw("roleBindings", "", "no such binding")]);
    },
  }),
  blockers: [
    rule({
      needs: ["roleBindings"],
      wants: ["roles"],
      signal: "RBAC",
      judge({ roleBindings, roles }, context) {
        const byLevel = Map.groupBy(anonymousReach(roleBindings, roles), ({ reach }) => reach.level);
        return REACH_LEVELS.flatMap((level) => {
          const own = byLevel.get(level) ?? [];
          const [first] = own;
          if (first === undefined) return [];
          const evidence = own.map(({ binding, reach }) =>
            context.saw("roleBindings", nameOf(binding), `${binding.roleName}: ${reach.because}`),
          );
          const severity =
            level === "critical" || level === "high"
              ? "blocking"
              : level === "medium" || level === "unknown"
                ? "warning"
                : "info";
          return [
            blocker(`anonymous-${level}`, severity, evidence, {
              example: first.binding.name,
              because: first.reach.because,
            }),
          ];
        });
      },
    }),
  ],
  objects: rule({
    needs: ["roleBindings"],
    wants: ["roles"],
    signal: "RBAC",
    judge({ roleBindings, roles }) {
      const list = new ObjectCollector("anonymous-bindings");
      for (const { binding, reach } of anonymousReach(roleBindings, roles)) {
        const kind = binding.namespace === null ? "ClusterRoleBinding" : "RoleBinding";
        list.add(kind, binding.namespace ?? "", binding.name, "reach", {
          level: reach.level,
          because: reach.because,
          role: binding.roleName,
        });
      }
      return [list.toList()];
    },
  }),
});

function nameOf(binding: RoleBindingFacts): string {
  return binding.namespace === null
    ? `clusterrolebinding/${binding.name}`
    : `rolebinding/${binding.namespace}/${binding.name}`;
}

/** Bindings that reach anonymous requests, worst first; the two built-in ones are no finding. */
export function anonymousReach(
  bindings: readonly RoleBindingFacts[],
  roles: readonly RoleFacts[] | null,
): { readonly binding: RoleBindingFacts; readonly reach: Reach }[] {
  return bindings
    .filter((binding) => binding.subjects.some(isAnonymous) && !isBuiltIn(binding))
    .map((binding) => ({ binding, reach: reachOfBinding(binding, roles) }))
    .sort((a, b) => REACH_LEVELS.indexOf(a.reach.level) - REACH_LEVELS.indexOf(b.reach.level));
}
function isAnonymous(subject: { readonly kind: string; readonly name: string }): boolean {
  return (
    (subject.kind === "User" && subject.name === "system:anonymous") ||
    (subject.kind === "Group" && subject.name === "system:unauthenticated")
  );
}
/** Health and version paths for everyone, and the cluster-info ConfigMap that joins read. */
function isBuiltIn(binding: RoleBindingFacts): boolean {
  const isPublicInfo =
    binding.namespace === null &&
    binding.name === "system:public-info-viewer" &&
    binding.roleName === "system:public-info-viewer";
  return (
    isPublicInfo ||
    (binding.namespace === "kube-public" && binding.roleKind === "Role" && /cluster-?info/.test(binding.roleName))
  );
}
