import type { SourceRecord } from "./coverage.ts";
import type { Reading } from "./reading.ts";

/**
 * One cluster as the last reads saw it: the input of every rule. Quantities are parsed on arrival (base units), strings
 * are interned by the readers, and a missing quantity is `null`, never 0.
 */
export type ClusterSnapshot = {
  readonly cluster: ClusterIdentity;
  readonly takenAt: Date;
  readonly parts: ClusterParts;
  readonly sources: readonly SourceRecord[];
};

export type ClusterIdentity = {
  readonly name: string;
  /** UID of the kube-system namespace; `null` until it could be read. */
  readonly uid: string | null;
  readonly provider: string | null;
};

export type ClusterParts = {
  readonly version: Reading<VersionFacts>;
  readonly apiResources: Reading<readonly ApiResourceFacts[]>;
  readonly namespaces: Reading<readonly NamespaceFacts[]>;
  readonly nodes: Reading<readonly NodeFacts[]>;
  readonly pods: Reading<readonly PodFacts[]>;
  readonly workloads: Reading<readonly WorkloadFacts[]>;
  readonly jobs: Reading<readonly JobFacts[]>;
  readonly cronJobs: Reading<readonly CronJobFacts[]>;
  readonly services: Reading<readonly ServiceFacts[]>;
  readonly endpointSlices: Reading<readonly EndpointSliceFacts[]>;
  readonly volumeClaims: Reading<readonly VolumeClaimFacts[]>;
  readonly volumes: Reading<readonly VolumeFacts[]>;
  readonly storageClasses: Reading<readonly StorageClassFacts[]>;
  readonly volumeAttributesClasses: Reading<readonly VolumeAttributesClassFacts[]>;
  readonly csiDrivers: Reading<readonly CsiDriverFacts[]>;
  readonly deviceClasses: Reading<readonly DeviceClassFacts[]>;
  readonly resourceSlices: Reading<readonly ResourceSliceFacts[]>;
  readonly resourceClaims: Reading<readonly ResourceClaimFacts[]>;
  readonly resourceClaimTemplates: Reading<readonly ResourceClaimTemplateFacts[]>;
  readonly serviceAccounts: Reading<readonly ServiceAccountFacts[]>;
  readonly roles: Reading<readonly RoleFacts[]>;
  readonly roleBindings: Reading<readonly RoleBindingFacts[]>;
  readonly mutatingAdmissionPolicies: Reading<readonly MutatingAdmissionPolicyFacts[]>;
  readonly mutatingAdmissionPolicyBindings: Reading<readonly MutatingAdmissionPolicyBindingFacts[]>;
  readonly mutatingWebhooks: Reading<readonly MutatingWebhookFacts[]>;
  readonly horizontalPodAutoscalers: Reading<readonly HorizontalPodAutoscalerFacts[]>;
  readonly podDisruptionBudgets: Reading<readonly PodDisruptionBudgetFacts[]>;
  readonly apiServices: Reading<readonly ApiServiceFacts[]>;
  readonly events: Reading<readonly EventFacts[]>;
  /** Requests to deprecated APIs, from the API server's own metrics. */
  readonly deprecatedApiUse: Reading<readonly DeprecatedApiUseFacts[]>;
  readonly apiWriters: Reading<readonly ApiWriterFacts[]>;
  /** Gate values per component instance, grouped (see gates/). */
  readonly components: Reading<readonly ComponentReading[]>;
  /** What an anonymous request gets on `/api`, `/livez`, `/healthz`, `/readyz`. */
  readonly anonymousProbe: Reading<AnonymousProbeFacts>;
  readonly kubelets: Reading<readonly KubeletFacts[]>;
  /** Webhook latency and failures, admission policy results, CSI modify operations … from control-plane metrics. */
  readonly controlPlaneMetrics: Reading<readonly ControlPlaneSample[]>;
};
export type PartName = keyof ClusterParts;

export type VersionFacts = {
  readonly gitVersion: string;
  /** "1.34" – managed suffixes such as "34+" removed. */
  readonly minor: string;
  readonly platform: string;
};

export type ApiResourceFacts = {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
};

/** Labels and annotations are projected: only keys that a rule, a price or a team looks at are kept. */
export type Labels = Readonly<Record<string, string>>;

export type ObjectRef = { readonly kind: string; readonly namespace: string; readonly name: string };

export type NamespaceFacts = { readonly name: string; readonly labels: Labels; readonly phase: string };

export type NodeFacts = {
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  readonly createdAt: Date | null;
  readonly providerId: string | null;
  readonly isReady: boolean | null;
  readonly isSchedulable: boolean;
  readonly isControlPlane: boolean;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  readonly zone: string | null;
  readonly region: string | null;
  readonly instanceType: string | null;
  readonly capacityType: "on-demand" | "spot" | null;
  /** Node pool by the provider's label, else null. */
  readonly pool: string | null;
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  readonly kubeletPort: number | null;
  readonly kubeletVersion: string;
  readonly kernelVersion: string;
  readonly osImage: string;
  readonly operatingSystem: string;
  readonly architecture: string;
  readonly containerRuntimeVersion: string;
  readonly swapCapacityBytes: number | null;
  readonly declaredFeatures: readonly string[];
  readonly capacity: ResourceAmounts;
  readonly allocatable: ResourceAmounts;
};

/** cpu in cores, memory and ephemeral storage in bytes, everything else as a count by its resource name. */
export type ResourceAmounts = {
  readonly cpuCores: number | null;
  readonly memoryBytes: number | null;
  readonly ephemeralStorageBytes: number | null;
  readonly podCount: number | null;
  readonly extended: Readonly<Record<string, number>>;
};

/** A pod. Everything replicas share sits in `template`, one object in memory for equal templates. */
export type PodFacts = {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly nodeName: string | null;
  readonly phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  readonly statusReason: string | null;
  readonly createdAt: Date | null;
  readonly startedAt: Date | null;
  readonly deletionAt: Date | null;
  readonly qosClass: string | null;
  readonly podIp: string | null;
  /** The controlling owner as written on the pod (ReplicaSet, Job …); `workload` is the top of the chain. */
  readonly owner: ObjectRef | null;
  readonly workload: ObjectRef;
  readonly labels: Labels;
  readonly isMirror: boolean;
  readonly template: PodTemplateFacts;
  readonly containers: readonly ContainerStatusFacts[];
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly at: Date | null;
  }[];
  readonly claimNames: readonly { readonly name: string; readonly claimName: string | null }[];
  readonly extendedResourceClaimName: string | null;
  readonly resizeStatus: string | null;
};

export type PodTemplateFacts = {
  readonly containers: readonly ContainerTemplateFacts[];
  readonly initContainers: readonly ContainerTemplateFacts[];
  readonly overheadCpuCores: number | null;
  readonly overheadMemoryBytes: number | null;
  /** Pod-level requests and limits (1.34+ beta), `null` when not set. */
  readonly podRequests: ResourceAmounts | null;
  readonly podLimits: ResourceAmounts | null;
  readonly restartPolicy: string;
  readonly serviceAccountName: string;
  readonly imagePullSecretCount: number;
  readonly hostNetwork: boolean;
  readonly priority: number | null;
  readonly priorityClassName: string | null;
  readonly nodeSelector: Labels;
  readonly resourceClaims: readonly {
    readonly name: string;
    readonly claimName: string | null;
    readonly templateName: string | null;
  }[];
  readonly appArmorProfile: AppArmorFacts | null;
  /** Deprecated annotations `container.apparmor.security.beta.kubernetes.io/<container>`, by container. */
  readonly appArmorAnnotations: Labels;
  readonly topologySpreadKeys: readonly string[];
  readonly hasEmptyDir: boolean;
  readonly volumeClaimNames: readonly string[];
  readonly projectedTokenAudiences: readonly string[];
};
export type AppArmorFacts = { readonly type: string; readonly localhostProfile: string | null };

export type ContainerTemplateFacts = {
  readonly name: string;
  readonly image: string;
  readonly requests: ResourceAmounts;
  readonly limits: ResourceAmounts;
  readonly restartPolicy: string | null;
  readonly resizeRestart: readonly string[];
  readonly claims: readonly string[];
  readonly appArmorProfile: AppArmorFacts | null;
  readonly hasStartupProbe: boolean;
  readonly hasReadinessProbe: boolean;
  readonly args: readonly string[];
};

export type ContainerStatusFacts = {
  readonly name: string;
  readonly isInit: boolean;
  readonly isReady: boolean;
  readonly isStarted: boolean | null;
  readonly restartCount: number;
  readonly state: "waiting" | "running" | "terminated" | "unknown";
  readonly stateReason: string | null;
  readonly exitCode: number | null;
  /** When the current state ended, for a terminated container. */
  readonly finishedAt: Date | null;
  readonly lastTerminatedReason: string | null;
  readonly lastExitCode: number | null;
  readonly lastTerminatedAt: Date | null;
  /** Actuated requests from status where present (in-place resize). */
  readonly actualRequests: ResourceAmounts | null;
};

/** Deployment, StatefulSet, DaemonSet, ReplicaSet without owner, Job or CronJob template – what a team owns. */
export type WorkloadFacts = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly createdAt: Date | null;
  readonly desiredReplicas: number | null;
  readonly readyReplicas: number | null;
  readonly selector: Labels;
  readonly template: PodTemplateFacts;
};

export type JobFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  readonly ownerCronJob: string | null;
  readonly createdAt: Date | null;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly spec: JobSpecFacts;
  readonly activeCount: number;
  readonly succeededCount: number;
  readonly failedCount: number;
  readonly terminatingCount: number | null;
  readonly failedIndexes: string | null;
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly at: Date | null;
  }[];
};
export type JobSpecFacts = {
  readonly parallelism: number | null;
  readonly completions: number | null;
  readonly completionMode: string;
  readonly backoffLimit: number | null;
  readonly backoffLimitPerIndex: number | null;
  readonly maxFailedIndexes: number | null;
  readonly podReplacementPolicy: string | null;
  readonly podFailurePolicyRules:
    | readonly {
        readonly action: string;
        readonly exitCodes: readonly number[];
        readonly operator: string | null;
        readonly onPodConditions: readonly string[];
      }[]
    | null;
  readonly successPolicyRuleCount: number | null;
  readonly managedBy: string | null;
  readonly isSuspended: boolean;
  readonly template: PodTemplateFacts;
};
export type CronJobFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  readonly schedule: string;
  readonly isSuspended: boolean;
  readonly jobSpec: JobSpecFacts;
};

export type ServiceFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly type: string;
  readonly clusterIps: readonly string[];
  readonly isHeadless: boolean;
  readonly selector: Labels;
  readonly trafficDistribution: string | null;
  readonly internalTrafficPolicy: string | null;
  readonly externalTrafficPolicy: string | null;
  readonly topologyModeAnnotation: string | null;
  readonly sessionAffinity: string | null;
};
export type EndpointSliceFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly serviceName: string | null;
  readonly managedBy: string | null;
  readonly addressType: string;
  readonly endpoints: readonly EndpointFacts[];
};
export type EndpointFacts = {
  readonly addresses: readonly string[];
  readonly isReady: boolean;
  readonly isServing: boolean;
  readonly isTerminating: boolean;
  readonly nodeName: string | null;
  readonly zone: string | null;
  readonly hintZones: readonly string[] | null;
  readonly hintNodes: readonly string[] | null;
  readonly podName: string | null;
};

export type VolumeClaimFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  readonly phase: string;
  readonly storageClassName: string | null;
  readonly volumeName: string | null;
  readonly requestedBytes: number | null;
  readonly capacityBytes: number | null;
  readonly attributesClassName: string | null;
  readonly currentAttributesClassName: string | null;
  readonly modifyStatus: string | null;
  readonly modifyTarget: string | null;
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  }[];
  readonly createdAt: Date | null;
};
export type VolumeFacts = {
  readonly name: string;
  readonly phase: string;
  readonly capacityBytes: number | null;
  readonly storageClassName: string | null;
  readonly csiDriver: string | null;
  readonly claim: ObjectRef | null;
  readonly reclaimPolicy: string | null;
  readonly attributesClassName: string | null;
  readonly lastPhaseTransitionAt: Date | null;
  readonly zone: string | null;
  readonly createdAt: Date | null;
};
export type StorageClassFacts = {
  readonly name: string;
  readonly provisioner: string;
  readonly isDefault: boolean;
  readonly parameters: Labels;
};
export type VolumeAttributesClassFacts = {
  readonly name: string;
  readonly driverName: string;
  readonly parameters: Labels;
};
export type CsiDriverFacts = { readonly name: string };

export type DeviceClassFacts = {
  readonly name: string;
  readonly selectorCel: readonly string[];
  readonly extendedResourceName: string | null;
};
export type ResourceSliceFacts = {
  readonly name: string;
  readonly driver: string;
  readonly poolName: string;
  readonly poolGeneration: number;
  readonly poolSliceCount: number;
  readonly nodeName: string | null;
  readonly allNodes: boolean;
  readonly devices: readonly DeviceFacts[];
  readonly sharedCounterCount: number;
};
export type DeviceFacts = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Quantities in base units by capacity name. */
  readonly capacity: Readonly<Record<string, number>>;
  readonly taints: readonly { readonly key: string; readonly effect: string }[];
  readonly allowsMultipleAllocations: boolean;
  readonly consumesCounters: boolean;
};
export type DeviceRequestFacts = {
  readonly name: string;
  readonly deviceClassName: string | null;
  readonly allocationMode: string | null;
  readonly count: number | null;
  readonly adminAccess: boolean;
  readonly selectorCel: readonly string[];
  /** Alternatives of a prioritized list (`firstAvailable`). */
  readonly alternatives: readonly { readonly name: string; readonly deviceClassName: string }[];
};
export type ResourceClaimFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly createdAt: Date | null;
  readonly ownerPod: string | null;
  readonly fromTemplateAnnotation: string | null;
  readonly isExtendedResourceClaim: boolean;
  readonly requests: readonly DeviceRequestFacts[];
  readonly allocation:
    | readonly {
        readonly request: string;
        readonly driver: string;
        readonly pool: string;
        readonly device: string;
        readonly adminAccess: boolean;
        readonly shareId: string | null;
      }[]
    | null;
  readonly reservedFor: readonly { readonly resource: string; readonly name: string; readonly uid: string }[];
  readonly deletionAt: Date | null;
};
export type ResourceClaimTemplateFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly requests: readonly DeviceRequestFacts[];
};

export type ServiceAccountFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly imagePullSecretCount: number;
};
export type PolicyRuleFacts = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
  readonly verbs: readonly string[];
};
/** `namespace` null = ClusterRole. */
export type RoleFacts = {
  readonly namespace: string | null;
  readonly name: string;
  readonly rules: readonly PolicyRuleFacts[];
  readonly isAggregated: boolean;
};
export type RoleBindingFacts = {
  readonly namespace: string | null;
  readonly name: string;
  readonly roleKind: string;
  readonly roleName: string;
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace: string | null }[];
};

export type MutatingAdmissionPolicyFacts = {
  readonly name: string;
  readonly failurePolicy: string | null;
  readonly reinvocationPolicy: string | null;
  readonly mutationCount: number;
  readonly paramKind: string | null;
};
export type MutatingAdmissionPolicyBindingFacts = {
  readonly name: string;
  readonly policyName: string;
  readonly paramName: string | null;
};
export type MutatingWebhookFacts = {
  readonly configuration: string;
  readonly name: string;
  readonly failurePolicy: string | null;
  readonly timeoutSeconds: number | null;
  readonly service: ObjectRef | null;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly operations: readonly string[];
  }[];
};

export type HorizontalPodAutoscalerFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly target: ObjectRef;
  readonly minReplicas: number | null;
  readonly maxReplicas: number;
  readonly currentReplicas: number | null;
  readonly metrics: readonly { readonly type: string; readonly name: string }[];
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
};
export type PodDisruptionBudgetFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly selector: Labels | null;
  readonly minAvailable: string | null;
  readonly maxUnavailable: string | null;
  readonly disruptionsAllowed: number | null;
  readonly expectedPods: number | null;
  readonly currentHealthy: number | null;
};
export type ApiServiceFacts = {
  readonly name: string;
  readonly isAvailable: boolean | null;
  readonly isLocal: boolean;
  readonly reason: string | null;
};
export type EventFacts = {
  readonly namespace: string;
  readonly involved: ObjectRef;
  readonly reason: string;
  readonly type: string;
  readonly message: string;
  readonly count: number;
  readonly lastSeenAt: Date | null;
};

export type DeprecatedApiUseFacts = {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly removedRelease: string;
  /** Requests since that API server started, where joined; null when the counter had no series. */
  readonly requestCount: number | null;
};

/**
 * Who last wrote listed objects through an API version that some minor drops, by `managedFields`. It names field managers, not
 * people, knows nothing of reads and deletions, and only of objects that are there.
 */
export type ApiWriterFacts = {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** As the client called itself: "argocd-controller", "kubectl-client-side-apply". */
  readonly manager: string;
  readonly objectCount: number;
  readonly lastWrittenAt: Date | null;
};

export type ComponentName = "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "kubelet" | "kube-proxy";
export type GateStageLabel = "ALPHA" | "BETA" | "GA" | "DEPRECATED";
export type GateSource = "component-metrics" | "prometheus" | "configz" | "flagz" | "mirror-pod-args" | "catalogue";

/**
 * What one instance of a component says of its gates. For kubelets one entry per node; the gate rules group equal ones.
 * `gates` null = could not be read, then `unread` says why.
 */
export type ComponentReading = {
  readonly component: ComponentName;
  /** Node name for kubelet and kube-proxy, host or pod name for control-plane instances, "" when unknown. */
  readonly instance: string;
  /** Version of that component ("1.34.9") where known. */
  readonly version: string | null;
  readonly gates: ReadonlyMap<string, { readonly isOn: boolean; readonly stage: GateStageLabel }> | null;
  /** Gates set on the command line or in the configuration, where visible. `null` = not visible. */
  readonly explicit: ReadonlyMap<string, boolean> | null;
  readonly explicitSource: GateSource | null;
  readonly source: GateSource | null;
  readonly unread: {
    readonly reason:
      | "unreachable"
      | "forbidden"
      | "timed-out"
      | "malformed"
      | "not-configured"
      | "not-yet-read"
      | "stale";
    readonly detail: string;
  } | null;
  readonly readAt: Date;
};

/** Other flags worth judging, from /flagz or mirror-pod arguments (never the whole command line). */
export type AnonymousProbeFacts = {
  /** HTTP status per path; null where the request failed. */
  readonly statusByPath: Readonly<Record<string, number | null>>;
};

/** What a kubelet says of itself, per node, from configz and metrics. Unset = null. */
export type KubeletFacts = {
  readonly nodeName: string;
  readonly cgroupVersion: 1 | 2 | null;
  readonly failSwapOn: boolean | null;
  readonly swapBehavior: string | null;
  readonly failCgroupV1: boolean | null;
  readonly memoryThrottlingFactor: number | null;
  readonly memoryReservationPolicy: string | null;
  readonly cpuManagerPolicy: string | null;
  readonly memoryManagerPolicy: string | null;
  readonly cgroupDriver: string | null;
  readonly credentialProviderConfigured: boolean | null;
  readonly criLosingSupport: string | null;
  /** "moving" = at least one pressure series is above 0; "all-zero" = series exist, all 0; "absent" = no series. */
  readonly pressureSeries: "moving" | "all-zero" | "absent" | null;
  readonly readAt: Date;
  readonly source: GateSource | "prometheus" | "kubelet";
};

/** One sample kept out of a control-plane page, by metric and labels. */
export type ControlPlaneSample = {
  readonly component: ComponentName;
  readonly metric: string;
  readonly labels: Labels;
  readonly value: number;
};
