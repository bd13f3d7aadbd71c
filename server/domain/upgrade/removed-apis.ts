import { minorIndex } from "../gates/version.ts";

export type RemovedApi = {
  /** First minor that no longer serves it. */
  readonly removedIn: string;
  readonly group: string;
  readonly version: string;
  readonly kinds: readonly string[];
  readonly useInstead: string;
};

/** Lifecycle markers of the API types, one row each: removed in | group/version | kinds | use instead. */
const ROWS = `
1.22|admissionregistration.k8s.io/v1beta1|MutatingWebhookConfiguration,ValidatingWebhookConfiguration|v1
1.22|apiextensions.k8s.io/v1beta1|CustomResourceDefinition|v1
1.22|apiregistration.k8s.io/v1beta1|APIService|v1
1.22|authentication.k8s.io/v1beta1|TokenReview|v1
1.22|authorization.k8s.io/v1beta1|SubjectAccessReview,LocalSubjectAccessReview,SelfSubjectAccessReview,SelfSubjectRulesReview|v1
1.22|certificates.k8s.io/v1beta1|CertificateSigningRequest|v1
1.22|coordination.k8s.io/v1beta1|Lease|v1
1.22|extensions/v1beta1|Ingress|networking.k8s.io/v1
1.22|networking.k8s.io/v1beta1|Ingress,IngressClass|v1
1.22|rbac.authorization.k8s.io/v1beta1|Role,ClusterRole,RoleBinding,ClusterRoleBinding|v1
1.22|scheduling.k8s.io/v1beta1|PriorityClass|v1
1.22|storage.k8s.io/v1beta1|CSIDriver,CSINode,StorageClass,VolumeAttachment|v1
1.24|storage.k8s.io/v1alpha1|VolumeAttachment,CSIStorageCapacity|v1
1.25|autoscaling/v2beta1|HorizontalPodAutoscaler|autoscaling/v2
1.25|batch/v1beta1|CronJob|batch/v1
1.25|discovery.k8s.io/v1beta1|EndpointSlice|v1
1.25|events.k8s.io/v1beta1|Event|v1
1.25|node.k8s.io/v1beta1|RuntimeClass|v1
1.25|policy/v1beta1|PodDisruptionBudget,Eviction|policy/v1
1.25|policy/v1beta1|PodSecurityPolicy|Pod Security admission
1.26|autoscaling/v2beta2|HorizontalPodAutoscaler|autoscaling/v2
1.26|flowcontrol.apiserver.k8s.io/v1beta1|FlowSchema,PriorityLevelConfiguration|v1
1.27|storage.k8s.io/v1beta1|CSIStorageCapacity|v1
1.29|flowcontrol.apiserver.k8s.io/v1beta2|FlowSchema,PriorityLevelConfiguration|v1
1.31|networking.k8s.io/v1alpha1|ClusterCIDR|nothing
1.31|resource.k8s.io/v1alpha2|DeviceClass,ResourceClaim,ResourceClaimTemplate,ResourceSlice|v1
1.32|coordination.k8s.io/v1alpha1|LeaseCandidate|v1beta1
1.32|flowcontrol.apiserver.k8s.io/v1beta3|FlowSchema,PriorityLevelConfiguration|v1
1.32|admissionregistration.k8s.io/v1alpha1|ValidatingAdmissionPolicy,ValidatingAdmissionPolicyBinding|v1
1.32|authentication.k8s.io/v1alpha1|SelfSubjectReview|v1
1.33|authentication.k8s.io/v1beta1|SelfSubjectReview|v1
1.33|networking.k8s.io/v1alpha1|IPAddress,ServiceCIDR|v1
1.34|admissionregistration.k8s.io/v1beta1|ValidatingAdmissionPolicy,ValidatingAdmissionPolicyBinding|v1
1.34|resource.k8s.io/v1alpha3|DeviceClass,ResourceClaim,ResourceClaimTemplate,ResourceSlice|v1
1.35|apidiscovery.k8s.io/v2beta1|APIGroupDiscovery|v2
1.35|certificates.k8s.io/v1alpha1|PodCertificateRequest|v1beta1
1.35|storage.k8s.io/v1alpha1|VolumeAttributesClass|v1
1.35|storagemigration.k8s.io/v1alpha1|StorageVersionMigration|v1beta1
1.37|certificates.k8s.io/v1alpha1|ClusterTrustBundle|v1
1.37|networking.k8s.io/v1beta1|IPAddress,ServiceCIDR|v1
1.37|storage.k8s.io/v1beta1|VolumeAttributesClass|v1
1.38|admissionregistration.k8s.io/v1alpha1|MutatingAdmissionPolicy,MutatingAdmissionPolicyBinding|v1
1.38|coordination.k8s.io/v1alpha2|LeaseCandidate|v1beta1
1.38|resource.k8s.io/v1beta1|DeviceClass,ResourceClaim,ResourceClaimTemplate,ResourceSlice|v1
1.39|coordination.k8s.io/v1beta1|LeaseCandidate|nothing stated
1.39|resource.k8s.io/v1alpha3|DeviceTaintRule|v1
1.39|resource.k8s.io/v1beta2|DeviceClass,ResourceClaim,ResourceClaimTemplate,ResourceSlice|v1
1.40|admissionregistration.k8s.io/v1beta1|MutatingAdmissionPolicy,MutatingAdmissionPolicyBinding|v1
1.40|certificates.k8s.io/v1beta1|ClusterTrustBundle|v1
1.40|storagemigration.k8s.io/v1beta1|StorageVersionMigration|v1
1.41|certificates.k8s.io/v1beta1|PodCertificateRequest|nothing stated
1.42|resource.k8s.io/v1alpha3|ResourcePoolStatusRequest|nothing stated
1.42|resource.k8s.io/v1beta2|DeviceTaintRule|v1
`;

export const REMOVED_APIS: readonly RemovedApi[] = ROWS.trim()
  .split("\n")
  .map((row) => {
    const [removedIn = "", groupVersion = "", kinds = "", useInstead = ""] = row.split("|");
    const [group = "", version = ""] = groupVersion.split("/");
    return { removedIn, group, version, kinds: kinds.split(","), useInstead };
  });

/** Resource name of a kind ("IPAddress" → "ipaddresses"), which is what discovery and metrics carry. */
export function resourceOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (lower.endsWith("s")) return `${lower}es`;
  return lower.endsWith("y") ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}

export function findRemovedApi(group: string, version: string, resource: string): RemovedApi | null {
  return (
    REMOVED_APIS.find(
      (api) =>
        api.group === group && api.version === version && api.kinds.some((kind) => resourceOf(kind) === resource),
    ) ?? null
  );
}

/** Whether an API is gone once the cluster runs `target`. */
export function isRemovedBy(removedIn: string, target: string): boolean {
  return (minorIndex(removedIn) ?? Number.POSITIVE_INFINITY) <= (minorIndex(target) ?? 0);
}
