import { clusterWide, defineCheck, rule, stage } from "../define-check.ts";
import { availableByGates, enabledByGates } from "../gate-stages.ts";
import { blocker, cannotTell, met, notApplicable, notMet } from "../judgement.ts";

const GATES = ["AuthorizeWithSelectors", "AuthorizeNodeWithSelectors"];
const DECISIONS = "apiserver_authorization_decisions_total";
const GRAPH = "node_authorizer_graph_actions_duration_seconds";

export const authorizeWithSelectors = defineCheck({
  id: "authorize-with-selectors",
  kind: "switch",
  gates: GATES,
  docsUrl: "https://kubernetes.io/docs/reference/access-authn-authz/authorization/",
  words: {
    en: {
      title: "Authorization with selectors",
      why: "A node can list only its own pods, and authorizers may judge selectors.",
      sentences: {
        "node-authorizer": "The Node authorizer decides requests.",
        "no-node-authorizer":
          "The API server's metrics show no Node authorizer, so nodes are not limited to their own objects.",
        "authorizer-unread": "Which authorizers run could not be read.",
        "node-limited": "Nodes are limited to their own objects.",
        "broad-readers":
          "{count} {count|binding|bindings} {count|lets|let} identities outside the system read all pods or secrets ({example}).",
      },
    },
    zh: {
      title: "基于选择器的鉴权",
      why: "节点只能列出自己的 Pod，鉴权器可以判断选择器。",
      sentences: {
        "node-authorizer": "Node 鉴权器在裁决请求。",
        "no-node-authorizer": "API 服务器的指标中没有 Node 鉴权器，节点未被限制于自身对象。",
        "authorizer-unread": "无法读取正在运行的鉴权器。",
        "node-limited": "节点被限制于自身对象。",
        "broad-readers": "{count} 个绑定允许系统以外的身份读取全部 Pod 或 Secret（{example}）。",
      },
    },
  },
  available: availableByGates(...GATES),
  enabled: enabledByGates(...GATES),
  ready: stage({
    needs: ["controlPlaneMetrics"],
    signal: `${DECISIONS}{type="Node"} or ${GRAPH}; the authorization-mode flag from /flagz`,
    judge({ controlPlaneMetrics }, context) {
      const own = controlPlaneMetrics.filter(({ metric }) => metric === DECISIONS || metric.startsWith(GRAPH));
      const seen = own.find(({ metric, labels }) => metric.startsWith(GRAPH) || labels.type === "Node");
      if (seen !== undefined) {
        return met("node-authorizer", {}, [context.noted("metric", seen.metric, "kube-apiserver", seen.value)]);
      }
      // Decisions of other authorizers without any of Node's: it is not configured. No sample at all: not told.
      if (own.length > 0)
        return notMet("no-node-authorizer", {}, [context.noted("metric", DECISIONS, "kube-apiserver", "no type=Node")]);
      return cannotTell("authorizer-unread", "controlPlaneMetrics: no sample");
    },
  }),
  adopted: clusterWide,
  effective: stage({
    needs: ["controlPlaneMetrics"],
    signal: "follows from gate and Node authorizer; refused lists appear in the audit log alone",
    judge({ controlPlaneMetrics }) {
      const isSeen = controlPlaneMetrics.some(
        ({ metric, labels }) => metric.startsWith(GRAPH) || (metric === DECISIONS && labels.type === "Node"),
      );
      return isSeen ? met("node-limited") : notApplicable("cluster-wide");
    },
  }),
  blockers: [
    rule({
      needs: ["roles", "roleBindings"],
      signal: "bindings of roles that list pods or secrets everywhere",
      judge({ roles, roleBindings }, context) {
        const wide = new Set(
          roles
            .filter(
              (role) =>
                role.namespace === null &&
                !role.name.startsWith("system:") &&
                role.rules.some(
                  ({ resources, verbs, resourceNames }) =>
                    resourceNames.length === 0 &&
                    (verbs.includes("list") || verbs.includes("*")) &&
                    ["*", "pods", "secrets"].some((resource) => resources.includes(resource)),
                ),
            )
            .map((role) => role.name),
        );
        const broad = roleBindings.filter(
          (binding) =>
            binding.namespace === null &&
            wide.has(binding.roleName) &&
            binding.subjects.some(
              (subject) => !subject.name.startsWith("system:") && subject.namespace !== "kube-system",
            ),
        );
        const evidence = broad.map((binding) =>
          context.saw("roleBindings", `clusterrolebinding/${binding.name}`, `role ${binding.roleName}`),
        );
        return broad.length > 0 ? [blocker("broad-readers", "info", evidence, { example: broad[0]?.name ?? "" })] : [];
      },
    }),
  ],
});
