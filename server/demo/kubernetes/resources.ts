import type { DemoCluster } from "../fleet/types.ts";
import {
  claimTemplateObjects,
  deviceClassObjects,
  resourceClaimObjects,
  resourceSliceObjects,
} from "./device-objects.ts";
import { endpointSliceObjects, eventObjects, serviceObjects } from "./network-objects.ts";
import { nodeObject } from "./node-objects.ts";
import type { JsonObject } from "./object.ts";
import { podObject } from "./pod-objects.ts";
import {
  admissionBindingObjects,
  admissionPolicyObjects,
  apiServiceObjects,
  clusterRoleBindingObjects,
  clusterRoleObjects,
  namespaceObjects,
  roleObjects,
  serviceAccountObjects,
  webhookObjects,
} from "./policy-objects.ts";
import {
  attributesClassObjects,
  csiDriverObjects,
  csiNodeObjects,
  storageClassObjects,
  volumeClaimObjects,
  volumeObjects,
} from "./storage-objects.ts";
import {
  autoscalerObjects,
  budgetObjects,
  cronJobObjects,
  daemonSetObjects,
  deploymentObjects,
  jobObjects,
  replicaSetObjects,
  statefulSetObjects,
} from "./workload-objects.ts";

export type ObjectContext = {
  readonly cluster: DemoCluster;
  readonly seconds: number;
  readonly kubeletPort: number;
};

export type DemoResource = {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  /** First minor that serves it by default. */
  readonly since: string;
  readonly subresources: readonly { readonly name: string; readonly since: string }[];
  readonly objects: (context: ObjectContext) => readonly JsonObject[];
};

function define(
  groupVersion: string,
  resource: string,
  kind: string,
  scope: "namespaced" | "cluster",
  objects: DemoResource["objects"],
  more: { readonly since?: string; readonly subresources?: readonly (readonly [name: string, since: string])[] } = {},
): DemoResource {
  const [group = "", version = ""] = groupVersion.includes("/") ? groupVersion.split("/") : ["", groupVersion];
  return {
    group,
    version,
    resource,
    kind,
    isNamespaced: scope === "namespaced",
    since: more.since ?? "1.20",
    subresources: (more.subresources ?? []).map(([name, since]) => ({ name, since })),
    objects,
  };
}

const STATUS = ["status", "1.20"] as const;
const RBAC = "rbac.authorization.k8s.io/v1";
const ADMISSION = "admissionregistration.k8s.io/v1";
const STORAGE = "storage.k8s.io/v1";
const DEVICES = "resource.k8s.io/v1";

/** Everything the demo's API servers hold, in the order of discovery. */
const ALL: readonly DemoResource[] = [
  define("v1", "configmaps", "ConfigMap", "namespaced", () => []),
  define("v1", "endpoints", "Endpoints", "namespaced", () => []),
  define("v1", "events", "Event", "namespaced", ({ cluster, seconds }) => eventObjects(cluster, seconds)),
  define("v1", "namespaces", "Namespace", "cluster", ({ cluster }) => namespaceObjects(cluster), {
    subresources: [STATUS],
  }),
  define(
    "v1",
    "nodes",
    "Node",
    "cluster",
    ({ cluster, kubeletPort, seconds }) => cluster.nodes.map((node) => nodeObject(cluster, node, kubeletPort, seconds)),
    { subresources: [["proxy", "1.20"], STATUS] },
  ),
  define(
    "v1",
    "persistentvolumeclaims",
    "PersistentVolumeClaim",
    "namespaced",
    ({ cluster }) => volumeClaimObjects(cluster),
    { subresources: [STATUS] },
  ),
  define("v1", "persistentvolumes", "PersistentVolume", "cluster", ({ cluster }) => volumeObjects(cluster), {
    subresources: [STATUS],
  }),
  define(
    "v1",
    "pods",
    "Pod",
    "namespaced",
    ({ cluster, seconds }) =>
      cluster.pods
        .filter((pod) => pod.from <= seconds && seconds < pod.to)
        .map((pod) => podObject(cluster, pod, seconds)),
    { subresources: [["exec", "1.20"], ["log", "1.20"], ["resize", "1.33"], STATUS] },
  ),
  define("v1", "serviceaccounts", "ServiceAccount", "namespaced", ({ cluster }) => serviceAccountObjects(cluster)),
  define("v1", "services", "Service", "namespaced", ({ cluster }) => serviceObjects(cluster), {
    subresources: [STATUS],
  }),
  define(
    ADMISSION,
    "mutatingadmissionpolicies",
    "MutatingAdmissionPolicy",
    "cluster",
    ({ cluster }) => admissionPolicyObjects(cluster),
    { since: "1.36" },
  ),
  define(
    ADMISSION,
    "mutatingadmissionpolicybindings",
    "MutatingAdmissionPolicyBinding",
    "cluster",
    ({ cluster }) => admissionBindingObjects(cluster),
    { since: "1.36" },
  ),
  define(ADMISSION, "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", "cluster", ({ cluster }) =>
    webhookObjects(cluster),
  ),
  define(
    "apiregistration.k8s.io/v1",
    "apiservices",
    "APIService",
    "cluster",
    ({ cluster }) => apiServiceObjects(cluster, groupVersionsOf(cluster)),
    { subresources: [STATUS] },
  ),
  define("apps/v1", "daemonsets", "DaemonSet", "namespaced", ({ cluster }) => daemonSetObjects(cluster), {
    subresources: [STATUS],
  }),
  define("apps/v1", "deployments", "Deployment", "namespaced", ({ cluster }) => deploymentObjects(cluster), {
    subresources: [STATUS],
  }),
  define("apps/v1", "replicasets", "ReplicaSet", "namespaced", ({ cluster }) => replicaSetObjects(cluster), {
    subresources: [STATUS],
  }),
  define("apps/v1", "statefulsets", "StatefulSet", "namespaced", ({ cluster }) => statefulSetObjects(cluster), {
    subresources: [STATUS],
  }),
  define(
    "autoscaling/v2",
    "horizontalpodautoscalers",
    "HorizontalPodAutoscaler",
    "namespaced",
    ({ cluster, seconds }) => autoscalerObjects(cluster, seconds),
    { subresources: [STATUS] },
  ),
  define("batch/v1", "cronjobs", "CronJob", "namespaced", ({ cluster }) => cronJobObjects(cluster), {
    subresources: [STATUS],
  }),
  define("batch/v1", "jobs", "Job", "namespaced", ({ cluster }) => jobObjects(cluster), { subresources: [STATUS] }),
  define("discovery.k8s.io/v1", "endpointslices", "EndpointSlice", "namespaced", ({ cluster }) =>
    endpointSliceObjects(cluster),
  ),
  define(
    "policy/v1",
    "poddisruptionbudgets",
    "PodDisruptionBudget",
    "namespaced",
    ({ cluster }) => budgetObjects(cluster),
    { subresources: [STATUS] },
  ),
  define(RBAC, "clusterrolebindings", "ClusterRoleBinding", "cluster", ({ cluster }) =>
    clusterRoleBindingObjects(cluster),
  ),
  define(RBAC, "clusterroles", "ClusterRole", "cluster", ({ cluster }) => clusterRoleObjects(cluster)),
  define(RBAC, "rolebindings", "RoleBinding", "namespaced", () => []),
  define(RBAC, "roles", "Role", "namespaced", ({ cluster }) => roleObjects(cluster)),
  define(DEVICES, "deviceclasses", "DeviceClass", "cluster", ({ cluster }) => deviceClassObjects(cluster), {
    since: "1.34",
  }),
  define(DEVICES, "resourceclaims", "ResourceClaim", "namespaced", ({ cluster }) => resourceClaimObjects(cluster), {
    since: "1.34",
    subresources: [STATUS],
  }),
  define(
    DEVICES,
    "resourceclaimtemplates",
    "ResourceClaimTemplate",
    "namespaced",
    ({ cluster }) => claimTemplateObjects(cluster),
    { since: "1.34" },
  ),
  define(DEVICES, "resourceslices", "ResourceSlice", "cluster", ({ cluster }) => resourceSliceObjects(cluster), {
    since: "1.34",
  }),
  define(STORAGE, "csidrivers", "CSIDriver", "cluster", ({ cluster }) => csiDriverObjects(cluster)),
  define(STORAGE, "csinodes", "CSINode", "cluster", ({ cluster }) => csiNodeObjects(cluster)),
  define(STORAGE, "storageclasses", "StorageClass", "cluster", ({ cluster }) => storageClassObjects(cluster)),
  define(
    STORAGE,
    "volumeattributesclasses",
    "VolumeAttributesClass",
    "cluster",
    ({ cluster }) => attributesClassObjects(cluster),
    { since: "1.34" },
  ),
];

export function resourcesOf(cluster: DemoCluster): readonly DemoResource[] {
  return ALL.filter((resource) => minorNumber(resource.since) <= minorNumber(cluster.minor));
}

export function groupVersionsOf(cluster: DemoCluster): string[] {
  return [
    ...new Set(
      resourcesOf(cluster).map((resource) =>
        resource.group === "" ? resource.version : `${resource.group}/${resource.version}`,
      ),
    ),
  ];
}

export function minorNumber(minor: string): number {
  return Number(minor.split(".")[1] ?? "0");
}
