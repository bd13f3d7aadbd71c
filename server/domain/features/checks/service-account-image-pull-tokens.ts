import type { RoleBindingFacts, RoleFacts } from "../../snapshot.ts";
import { isFinished, podsByTemplate } from "../cluster-index.ts";
import { defineCheck, rule, stage } from "../define-check.ts";
import { availableByGates, enabledByGates } from "../gate-stages.ts";
import {
  blocker,
  cannotTell,
  EvidenceList,
  notApplicable,
  notExposedHere,
  notMet,
  ObjectCollector,
  share,
  Tally,
} from "../judgement.ts";

const GATE = "KubeletServiceAccountTokenForCredentialProviders";
const VERB = "request-serviceaccounts-token-audience";

export const serviceAccountImagePullTokens = defineCheck({
  id: "service-account-image-pull-tokens",
  kind: "adoptable",
  gates: [GATE],
  docsUrl: "https://kubernetes.io/docs/tasks/administer-cluster/kubelet-credential-provider/",
  words: {
    en: {
      title: "Service-account tokens for image pulls",
      why: "Images are pulled with short-lived tokens of the pod's own identity instead of long-lived secrets.",
      sentences: {
        "providers-configured": "{met} of {of} {of|kubelet|kubelets} {met|has|have} a credential provider.",
        "providers-unread": "Whether kubelets have a credential provider could not be read.",
        "no-audience": "No role bound to nodes allows the verb request-serviceaccounts-token-audience.",
        "no-secrets": "No pod pulls with imagePullSecrets.",
        "use-not-readable":
          "Nodes may request tokens; whether a provider uses them is in files on the nodes. {secrets} pods still pull with secrets.",
        "pods-with-secrets": "{count} running {count|pod|pods} {count|pulls|pull} images with long-lived secrets.",
        "static-pods":
          "{count} static {count|pod|pods} {count|has|have} no service account; {count|its|their} providers need requireServiceAccount: false.",
        "secret-users": "Workloads that pull with secrets",
        secrets: "{count} {count|pod|pods}, {references} secret {references|reference|references} each",
      },
    },
    zh: {
      title: "使用服务账号令牌拉取镜像",
      why: "用 Pod 自身身份的短期令牌拉取镜像，而不是长期有效的密钥。",
      sentences: {
        "providers-configured": "{of} 个 kubelet 中有 {met} 个配置了凭据提供程序。",
        "providers-unread": "无法读取 kubelet 是否配置了凭据提供程序。",
        "no-audience": "没有绑定到节点的角色允许 request-serviceaccounts-token-audience 动词。",
        "no-secrets": "没有 Pod 使用 imagePullSecrets 拉取镜像。",
        "use-not-readable": "节点可以请求令牌；提供程序是否使用它写在节点的文件里。仍有 {secrets} 个 Pod 用密钥拉取。",
        "pods-with-secrets": "{count} 个运行中的 Pod 使用长期密钥拉取镜像。",
        "static-pods": "{count} 个静态 Pod 没有服务账号；其提供程序需设置 requireServiceAccount: false。",
        "secret-users": "使用密钥拉取镜像的工作负载",
        secrets: "{count} 个 Pod，每个引用 {references} 个密钥",
      },
    },
  },
  available: availableByGates(GATE),
  enabled: enabledByGates(GATE),
  ready: stage({
    needs: ["kubelets", "nodes"],
    signal: "kubelet_credential_provider_config_info (1.34+) or kubelet /flagz; tokenAttributes: no signal exists",
    judge({ kubelets, nodes }, context) {
      const told = kubelets.filter((kubelet) => kubelet.credentialProviderConfigured !== null);
      if (told.length === 0)
        return cannotTell("providers-unread", nodes.length === 0 ? "nodes: none" : "kubelets: not-yet-read");
      const without = told.filter((kubelet) => kubelet.credentialProviderConfigured === false);
      const evidence = without.map((kubelet) =>
        context.saw("kubelets", `node/${kubelet.nodeName}`, "no credential provider"),
      );
      return share(told.length - without.length, told.length, "providers-configured", evidence);
    },
  }),
  adopted: rule({
    needs: ["pods", "serviceAccounts", "roles", "roleBindings"],
    signal: `RBAC verb ${VERB} bound to system:nodes; imagePullSecrets as denominator; use itself: no signal exists`,
    judge({ pods, serviceAccounts, roles, roleBindings }, context) {
      const withSecrets = new Set(
        serviceAccounts
          .filter((account) => account.imagePullSecretCount > 0)
          .map((account) => `${account.namespace}/${account.name}`),
      );
      const tally = new Tally(context.team, "pods");
      for (const [template, group] of podsByTemplate(context, pods)) {
        for (const pod of group) {
          if (isFinished(pod)) continue;
          if (template.imagePullSecretCount > 0 || withSecrets.has(`${pod.namespace}/${template.serviceAccountName}`))
            tally.add(pod.namespace, pod.labels, false);
        }
      }
      if (mayRequestAudience(roles, roleBindings))
        return notExposedHere("use-not-readable", { secrets: tally.denominator });
      if (tally.denominator === 0) return notApplicable("no-secrets");
      return tally;
    },
  }),
  effective: stage({
    needs: ["roles", "roleBindings"],
    signal: null,
    judge({ roles, roleBindings }) {
      return mayRequestAudience(roles, roleBindings) ? notExposedHere("no-effect-signal") : notMet("no-audience");
    },
  }),
  blockers: [
    rule({
      needs: ["roles", "roleBindings"],
      signal: "RBAC",
      judge({ roles, roleBindings }, context) {
        if (mayRequestAudience(roles, roleBindings)) return [];
        return [
          blocker("no-audience", "warning", [
            context.saw("roleBindings", "group/system:nodes", `no rule with ${VERB}`),
          ]),
        ];
      },
    }),
    rule({
      needs: ["pods"],
      signal: "pods",
      judge({ pods }, context) {
        const pulling = new EvidenceList();
        const fixed = new EvidenceList();
        for (const pod of pods) {
          if (isFinished(pod)) continue;
          if (pod.isMirror) fixed.add(() => context.saw("pods", `pod/${pod.namespace}/${pod.name}`, "static pod"));
          if (pod.template.imagePullSecretCount > 0)
            pulling.add(() =>
              context.saw(
                "pods",
                `pod/${pod.namespace}/${pod.name}`,
                `${pod.template.imagePullSecretCount} imagePullSecrets`,
              ),
            );
        }
        return [
          ...(pulling.total > 0 ? [blocker("pods-with-secrets", "info", pulling)] : []),
          ...(fixed.total > 0 ? [blocker("static-pods", "info", fixed)] : []),
        ];
      },
    }),
  ],
  objects: rule({
    needs: ["pods"],
    signal: "pods",
    judge({ pods }, context) {
      const list = new ObjectCollector("secret-users");
      for (const [template, group] of podsByTemplate(context, pods)) {
        const [first] = group;
        if (first === undefined || template.imagePullSecretCount === 0) continue;
        list.addRef(first.workload, "secrets", { count: group.length, references: template.imagePullSecretCount });
      }
      return [list.toList()];
    },
  }),
});

/** Nodes get the audience through a role that holds the verb and a binding for the group of all nodes. */
export function mayRequestAudience(roles: readonly RoleFacts[], bindings: readonly RoleBindingFacts[]): boolean {
  const granting = new Set(
    roles
      .filter((role) => role.rules.some((entry) => entry.verbs.includes(VERB)))
      .map((role) => `${role.namespace ?? ""}/${role.name}`),
  );
  return bindings.some(
    (binding) =>
      binding.subjects.some((subject) => subject.name === "system:nodes" || subject.name.startsWith("system:node:")) &&
      granting.has(`${binding.roleKind === "ClusterRole" ? "" : (binding.namespace ?? "")}/${binding.roleName}`),
  );
}
