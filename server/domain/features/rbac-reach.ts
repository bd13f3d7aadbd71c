import type { PolicyRuleFacts, RoleBindingFacts, RoleFacts } from "../snapshot.ts";

/** How much damage a set of rules allows, worst first. `unknown` = the role could not be found. */
export const REACH_LEVELS = ["critical", "high", "medium", "unknown", "low", "none"] as const;
export type ReachLevel = (typeof REACH_LEVELS)[number];
export type Reach = { readonly level: ReachLevel; readonly because: string };

const WRITE = ["create", "update", "patch", "delete", "deletecollection"];
const READ = ["get", "list", "watch"];
const WORKLOADS = ["pods", "deployments", "daemonsets", "statefulsets", "replicasets", "jobs", "cronjobs"];
const SENSITIVE_READS = [
  "configmaps",
  "pods/log",
  "serviceaccounts",
  "roles",
  "rolebindings",
  "clusterroles",
  "clusterrolebindings",
];
/** Roles that every cluster has, for the case that their rules could not be read. */
const WELL_KNOWN: Readonly<Record<string, Reach>> = {
  "cluster-admin": { level: "critical", because: "may do everything" },
  admin: { level: "critical", because: "reads secrets and changes everything in a namespace" },
  edit: { level: "critical", because: "reads secrets and runs workloads" },
  view: { level: "medium", because: "reads nearly every object" },
};

/**
 * The worst that a role allows. Order of danger: everything, impersonation and escalation, node proxy and exec, secrets,
 * writes to workloads, other writes, reads that leak configuration, plain reads, non-resource paths.
 */
export function rankReach(rules: readonly PolicyRuleFacts[]): Reach {
  let worst: Reach = { level: "none", because: "allows nothing" };
  for (const rule of rules) {
    const reach = rankRule(rule);
    if (REACH_LEVELS.indexOf(reach.level) < REACH_LEVELS.indexOf(worst.level)) worst = reach;
  }
  return worst;
}

function rankRule({ resources, verbs, nonResourceURLs }: PolicyRuleFacts): Reach {
  const may = (list: readonly string[]) => verbs.includes("*") || list.some((verb) => verbs.includes(verb));
  const on = (list: readonly string[]) =>
    resources.includes("*") || list.some((resource) => resources.includes(resource));
  if (resources.length === 0) {
    if (nonResourceURLs.length === 0) return { level: "none", because: "allows nothing" };
    return nonResourceURLs.includes("*")
      ? { level: "medium", because: "reads every non-resource path, metrics and logs included" }
      : { level: "low", because: `paths ${nonResourceURLs.slice(0, 5).join(", ")}` };
  }
  if (resources.includes("*") && verbs.includes("*")) return { level: "critical", because: "may do everything" };
  if (verbs.some((verb) => verb === "impersonate" || verb === "escalate" || verb === "bind")) {
    return { level: "critical", because: "may take other identities or grant itself rights" };
  }
  if (on(["nodes/proxy", "pods/exec", "pods/attach"]) && may([...READ, "create"])) {
    return { level: "critical", because: "may run commands in containers" };
  }
  if (on(["secrets"]) && may([...READ, ...WRITE])) return { level: "critical", because: "reads or writes secrets" };
  if (on(WORKLOADS) && may(WRITE)) return { level: "critical", because: "creates or changes workloads" };
  if (may(WRITE)) return { level: "high", because: `writes ${resources.slice(0, 3).join(", ")}` };
  if (on(SENSITIVE_READS) || resources.includes("pods"))
    return { level: "medium", because: `reads ${resources.slice(0, 3).join(", ")}` };
  return { level: "low", because: `reads ${resources.slice(0, 3).join(", ")}` };
}

/** The reach of a binding's role, by its rules or, for well-known names, by its name. */
export function reachOfBinding(binding: RoleBindingFacts, roles: readonly RoleFacts[] | null): Reach {
  const role = roles?.find(
    (entry) =>
      entry.name === binding.roleName &&
      (binding.roleKind === "ClusterRole" ? entry.namespace === null : entry.namespace === binding.namespace),
  );
  if (role !== undefined && role.rules.length > 0) return rankReach(role.rules);
  return WELL_KNOWN[binding.roleName] ?? { level: "unknown", because: `role ${binding.roleName} could not be read` };
}
