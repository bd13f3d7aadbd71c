import type { RbacRule } from "../../domain/coverage.ts";
import type { PartName } from "../../domain/snapshot.ts";

/**
 * Every call the collector makes, in one table. The ClusterRoles in `deploy/` are derived from it, a refused call names its
 * row as the fix, and a test on the replay compares it with what was really asked. `secrets` is in no row.
 */
export type ApiCall =
  | {
      readonly kind: "resource";
      readonly part: PartName | "owners";
      readonly group: string;
      /** Served versions that the reader understands, best first. */
      readonly versions: readonly string[];
      readonly resource: string;
      readonly verbs: readonly ("get" | "list")[];
      readonly when: "always" | "kubelet-proxy" | "kubelet-direct";
    }
  | {
      readonly kind: "non-resource";
      readonly path: string;
      readonly verbs: readonly ["get"];
      readonly when: "always";
    };
export type ResourceCall = Extract<ApiCall, { kind: "resource" }>;

function list(
  part: ResourceCall["part"],
  group: string,
  resource: string,
  versions: readonly string[] = ["v1"],
): ResourceCall {
  return { kind: "resource", part, group, versions, resource, verbs: ["list"], when: "always" };
}

const DRA = ["v1", "v1beta2", "v1beta1", "v1alpha3"] as const;
const MAP = ["v1", "v1beta1", "v1alpha1"] as const;

export const LISTS = {
  namespaces: list("namespaces", "", "namespaces"),
  nodes: list("nodes", "", "nodes"),
  pods: list("pods", "", "pods"),
  services: list("services", "", "services"),
  events: list("events", "", "events"),
  volumeClaims: list("volumeClaims", "", "persistentvolumeclaims"),
  volumes: list("volumes", "", "persistentvolumes"),
  serviceAccounts: list("serviceAccounts", "", "serviceaccounts"),
  deployments: list("workloads", "apps", "deployments"),
  statefulSets: list("workloads", "apps", "statefulsets"),
  daemonSets: list("workloads", "apps", "daemonsets"),
  /** As metadata only, to climb from pods to Deployments; those without an owner are then read one by one. */
  replicaSets: { ...list("owners", "apps", "replicasets"), verbs: ["list", "get"] },
  jobs: list("jobs", "batch", "jobs"),
  cronJobs: list("cronJobs", "batch", "cronjobs"),
  endpointSlices: list("endpointSlices", "discovery.k8s.io", "endpointslices"),
  storageClasses: list("storageClasses", "storage.k8s.io", "storageclasses"),
  volumeAttributesClasses: list("volumeAttributesClasses", "storage.k8s.io", "volumeattributesclasses", [
    "v1",
    "v1beta1",
    "v1alpha1",
  ]),
  csiDrivers: list("csiDrivers", "storage.k8s.io", "csidrivers"),
  deviceClasses: list("deviceClasses", "resource.k8s.io", "deviceclasses", DRA),
  resourceSlices: list("resourceSlices", "resource.k8s.io", "resourceslices", DRA),
  resourceClaims: list("resourceClaims", "resource.k8s.io", "resourceclaims", DRA),
  resourceClaimTemplates: list("resourceClaimTemplates", "resource.k8s.io", "resourceclaimtemplates", DRA),
  roles: list("roles", "rbac.authorization.k8s.io", "roles"),
  clusterRoles: list("roles", "rbac.authorization.k8s.io", "clusterroles"),
  roleBindings: list("roleBindings", "rbac.authorization.k8s.io", "rolebindings"),
  clusterRoleBindings: list("roleBindings", "rbac.authorization.k8s.io", "clusterrolebindings"),
  mutatingAdmissionPolicies: list(
    "mutatingAdmissionPolicies",
    "admissionregistration.k8s.io",
    "mutatingadmissionpolicies",
    MAP,
  ),
  mutatingAdmissionPolicyBindings: list(
    "mutatingAdmissionPolicyBindings",
    "admissionregistration.k8s.io",
    "mutatingadmissionpolicybindings",
    MAP,
  ),
  mutatingWebhooks: list("mutatingWebhooks", "admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
  horizontalPodAutoscalers: list("horizontalPodAutoscalers", "autoscaling", "horizontalpodautoscalers", ["v2"]),
  podDisruptionBudgets: list("podDisruptionBudgets", "policy", "poddisruptionbudgets"),
  apiServices: list("apiServices", "apiregistration.k8s.io", "apiservices"),
} as const satisfies Record<string, ResourceCall>;

function path(at: string): ApiCall {
  return { kind: "non-resource", path: at, verbs: ["get"], when: "always" };
}
function nodes(subresource: string, when: "kubelet-proxy" | "kubelet-direct"): ApiCall {
  return {
    kind: "resource",
    part: "kubelets",
    group: "",
    versions: ["v1"],
    resource: `nodes/${subresource}`,
    verbs: ["get"],
    when,
  };
}

export const API_CALLS: readonly ApiCall[] = [
  ...Object.values(LISTS),
  path("/version"),
  path("/api"),
  path("/api/*"), // discovery of servers without the aggregated form
  path("/apis"),
  path("/apis/*"),
  path("/metrics"),
  path("/flagz"),
  nodes("proxy", "kubelet-proxy"),
  nodes("metrics", "kubelet-direct"),
  nodes("stats", "kubelet-direct"),
  nodes("configz", "kubelet-direct"),
];

export function rbacOfList(call: ResourceCall): RbacRule {
  return { apiGroups: [call.group], resources: [call.resource], verbs: call.verbs };
}
export function rbacOfPath(at: string): RbacRule {
  return { nonResourceURLs: [at], verbs: ["get"] };
}
export function rbacOfNode(subresource: string): RbacRule {
  return { apiGroups: [""], resources: [`nodes/${subresource}`], verbs: ["get"] };
}

export function pathOfList(group: string, version: string, resource: string): string {
  return group === "" ? `/api/${version}/${resource}` : `/apis/${group}/${version}/${resource}`;
}
