import type {
  ApiResourceFacts,
  ContainerStatusFacts,
  ContainerTemplateFacts,
  CronJobFacts,
  DeviceFacts,
  DeviceRequestFacts,
  EndpointFacts,
  EndpointSliceFacts,
  EventFacts,
  HorizontalPodAutoscalerFacts,
  JobFacts,
  JobSpecFacts,
  KubeletFacts,
  MutatingAdmissionPolicyBindingFacts,
  MutatingAdmissionPolicyFacts,
  MutatingWebhookFacts,
  NodeFacts,
  PodDisruptionBudgetFacts,
  PodFacts,
  PodTemplateFacts,
  ResourceAmounts,
  ResourceClaimFacts,
  ResourceSliceFacts,
  RoleBindingFacts,
  RoleFacts,
  ServiceAccountFacts,
  ServiceFacts,
  VolumeClaimFacts,
  VolumeFacts,
  WorkloadFacts,
} from "../../domain/snapshot.ts";

/** The moment every builder uses, so that tests can reason about ages. */
export const TEST_NOW = new Date("2026-11-22T06:00:00Z");
export const GIB = 1024 ** 3;
const BORN = new Date("2026-11-01T00:00:00Z");

let serial = 0;
/** A unique, readable name; only uniqueness matters to callers. */
function next(prefix: string): string {
  serial += 1;
  return `${prefix}-${serial}`;
}

export function amounts(parts: Partial<ResourceAmounts> = {}): ResourceAmounts {
  return {
    cpuCores: null,
    memoryBytes: null,
    ephemeralStorageBytes: null,
    podCount: null,
    extended: {},
    ...parts,
  };
}

export function aNode(parts: Partial<NodeFacts> = {}): NodeFacts {
  const name = parts.name ?? next("node");
  return {
    name,
    uid: `uid-${name}`,
    labels: { "topology.kubernetes.io/zone": parts.zone ?? "eu-1a", "kubernetes.io/os": "linux" },
    createdAt: BORN,
    providerId: null,
    isReady: true,
    isSchedulable: true,
    isControlPlane: false,
    taints: [],
    conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }],
    zone: "eu-1a",
    region: "eu-1",
    instanceType: "m6i.xlarge",
    capacityType: "on-demand",
    pool: "general",
    addresses: [{ type: "InternalIP", address: "10.0.0.1" }],
    kubeletPort: 10250,
    kubeletVersion: "1.34.9",
    kernelVersion: "6.8.0-1021-aws",
    osImage: "Ubuntu 24.04 LTS",
    operatingSystem: "linux",
    architecture: "amd64",
    containerRuntimeVersion: "containerd://2.0.5",
    swapCapacityBytes: null,
    declaredFeatures: [],
    capacity: amounts({ cpuCores: 4, memoryBytes: 16 * GIB, podCount: 110 }),
    allocatable: amounts({ cpuCores: 3.9, memoryBytes: 15 * GIB, podCount: 110 }),
    ...parts,
  };
}

export function aContainer(parts: Partial<ContainerTemplateFacts> = {}): ContainerTemplateFacts {
  return {
    name: "main",
    image: "registry.example/app:1",
    requests: amounts({ cpuCores: 0.5, memoryBytes: GIB }),
    limits: amounts({ cpuCores: 1, memoryBytes: 2 * GIB }),
    restartPolicy: null,
    resizeRestart: [],
    claims: [],
    appArmorProfile: null,
    hasStartupProbe: false,
    hasReadinessProbe: true,
    args: [],
    ...parts,
  };
}

export function aTemplate(parts: Partial<PodTemplateFacts> = {}): PodTemplateFacts {
  return {
    containers: [aContainer()],
    initContainers: [],
    overheadCpuCores: null,
    overheadMemoryBytes: null,
    podRequests: null,
    podLimits: null,
    restartPolicy: "Always",
    serviceAccountName: "default",
    imagePullSecretCount: 0,
    hostNetwork: false,
    priority: 0,
    priorityClassName: null,
    nodeSelector: {},
    resourceClaims: [],
    appArmorProfile: null,
    appArmorAnnotations: {},
    topologySpreadKeys: ["topology.kubernetes.io/zone"],
    hasEmptyDir: false,
    volumeClaimNames: [],
    projectedTokenAudiences: [],
    ...parts,
  };
}

export function aContainerStatus(parts: Partial<ContainerStatusFacts> = {}): ContainerStatusFacts {
  return {
    name: "main",
    isInit: false,
    isReady: true,
    isStarted: true,
    restartCount: 0,
    state: "running",
    stateReason: null,
    exitCode: null,
    finishedAt: null,
    lastTerminatedReason: null,
    lastExitCode: null,
    lastTerminatedAt: null,
    actualRequests: null,
    ...parts,
  };
}

export function aPod(parts: Partial<PodFacts> = {}): PodFacts {
  const name = parts.name ?? next("pod");
  const namespace = parts.namespace ?? "shop";
  const template = parts.template ?? aTemplate();
  return {
    name,
    namespace,
    uid: `uid-${namespace}-${name}`,
    nodeName: "node-a",
    phase: "Running",
    statusReason: null,
    createdAt: BORN,
    startedAt: BORN,
    deletionAt: null,
    qosClass: "Burstable",
    podIp: "10.1.0.1",
    owner: { kind: "ReplicaSet", namespace, name: "web-1" },
    workload: { kind: "Deployment", namespace, name: "web" },
    labels: {},
    isMirror: false,
    template,
    containers: template.containers.map((container) => aContainerStatus({ name: container.name })),
    conditions: [{ type: "Ready", status: "True", reason: "", message: "", at: BORN }],
    claimNames: [],
    extendedResourceClaimName: null,
    resizeStatus: null,
    ...parts,
  };
}

export function aWorkload(parts: Partial<WorkloadFacts> = {}): WorkloadFacts {
  const name = parts.name ?? "web";
  const namespace = parts.namespace ?? "shop";
  return {
    kind: "Deployment",
    namespace,
    name,
    uid: `uid-${namespace}-${name}`,
    labels: {},
    annotations: {},
    createdAt: BORN,
    desiredReplicas: 3,
    readyReplicas: 3,
    selector: { app: name },
    template: aTemplate(),
    ...parts,
  };
}

export function aJobSpec(parts: Partial<JobSpecFacts> = {}): JobSpecFacts {
  return {
    parallelism: 1,
    completions: 1,
    completionMode: "NonIndexed",
    backoffLimit: 6,
    backoffLimitPerIndex: null,
    maxFailedIndexes: null,
    podReplacementPolicy: "TerminatingOrFailed",
    podFailurePolicyRules: null,
    successPolicyRuleCount: null,
    managedBy: null,
    isSuspended: false,
    template: aTemplate({ restartPolicy: "Never" }),
    ...parts,
  };
}

export function aJob(parts: Partial<JobFacts> = {}): JobFacts {
  const name = parts.name ?? next("job");
  const namespace = parts.namespace ?? "shop";
  return {
    namespace,
    name,
    uid: `uid-${namespace}-${name}`,
    labels: {},
    ownerCronJob: null,
    createdAt: BORN,
    startedAt: BORN,
    completedAt: null,
    spec: aJobSpec(),
    activeCount: 1,
    succeededCount: 0,
    failedCount: 0,
    terminatingCount: 0,
    failedIndexes: null,
    conditions: [],
    ...parts,
  };
}

export function aCronJob(parts: Partial<CronJobFacts> = {}): CronJobFacts {
  const name = parts.name ?? next("cron");
  const namespace = parts.namespace ?? "shop";
  return {
    namespace,
    name,
    uid: `uid-${namespace}-${name}`,
    labels: {},
    schedule: "0 * * * *",
    isSuspended: false,
    jobSpec: aJobSpec(),
    ...parts,
  };
}

export function aService(parts: Partial<ServiceFacts> = {}): ServiceFacts {
  const name = parts.name ?? "web";
  return {
    namespace: "shop",
    name,
    labels: {},
    type: "ClusterIP",
    clusterIps: ["10.96.0.10"],
    isHeadless: false,
    selector: { app: name },
    trafficDistribution: null,
    internalTrafficPolicy: "Cluster",
    externalTrafficPolicy: null,
    topologyModeAnnotation: null,
    sessionAffinity: "None",
    ...parts,
  };
}

export function anEndpoint(parts: Partial<EndpointFacts> = {}): EndpointFacts {
  return {
    addresses: ["10.1.0.1"],
    isReady: true,
    isServing: true,
    isTerminating: false,
    nodeName: "node-a",
    zone: "eu-1a",
    hintZones: null,
    hintNodes: null,
    podName: null,
    ...parts,
  };
}

export function anEndpointSlice(parts: Partial<EndpointSliceFacts> = {}): EndpointSliceFacts {
  const serviceName = parts.serviceName ?? "web";
  return {
    namespace: "shop",
    name: `${serviceName}-abcde`,
    serviceName,
    managedBy: "endpointslice-controller.k8s.io",
    addressType: "IPv4",
    endpoints: [anEndpoint()],
    ...parts,
  };
}

export function aVolumeClaim(parts: Partial<VolumeClaimFacts> = {}): VolumeClaimFacts {
  const name = parts.name ?? next("data");
  return {
    namespace: "shop",
    name,
    uid: `uid-${name}`,
    labels: {},
    phase: "Bound",
    storageClassName: "fast",
    volumeName: `pv-${name}`,
    requestedBytes: 10 * GIB,
    capacityBytes: 10 * GIB,
    attributesClassName: null,
    currentAttributesClassName: null,
    modifyStatus: null,
    modifyTarget: null,
    conditions: [],
    createdAt: BORN,
    ...parts,
  };
}

export function aVolume(parts: Partial<VolumeFacts> = {}): VolumeFacts {
  return {
    name: parts.name ?? next("pv"),
    phase: "Bound",
    capacityBytes: 10 * GIB,
    storageClassName: "fast",
    csiDriver: "ebs.csi.aws.com",
    claim: { kind: "PersistentVolumeClaim", namespace: "shop", name: "data" },
    reclaimPolicy: "Delete",
    attributesClassName: null,
    lastPhaseTransitionAt: BORN,
    zone: "eu-1a",
    createdAt: BORN,
    ...parts,
  };
}

export function aDevice(parts: Partial<DeviceFacts> = {}): DeviceFacts {
  return {
    name: "gpu-0",
    attributes: {},
    capacity: {},
    taints: [],
    allowsMultipleAllocations: false,
    consumesCounters: false,
    ...parts,
  };
}

export function aResourceSlice(parts: Partial<ResourceSliceFacts> = {}): ResourceSliceFacts {
  const poolName = parts.poolName ?? "node-a";
  return {
    name: `slice-${poolName}`,
    driver: "gpu.example.com",
    poolName,
    poolGeneration: 1,
    poolSliceCount: 1,
    nodeName: "node-a",
    allNodes: false,
    devices: [aDevice()],
    sharedCounterCount: 0,
    ...parts,
  };
}

export function aDeviceRequest(parts: Partial<DeviceRequestFacts> = {}): DeviceRequestFacts {
  return {
    name: "gpu",
    deviceClassName: "gpu.example.com",
    allocationMode: "ExactCount",
    count: 1,
    adminAccess: false,
    selectorCel: [],
    alternatives: [],
    ...parts,
  };
}

export function aResourceClaim(parts: Partial<ResourceClaimFacts> = {}): ResourceClaimFacts {
  const name = parts.name ?? next("claim");
  return {
    namespace: "ml",
    name,
    uid: `uid-${name}`,
    createdAt: BORN,
    ownerPod: null,
    fromTemplateAnnotation: null,
    isExtendedResourceClaim: false,
    requests: [aDeviceRequest()],
    allocation: [
      {
        request: "gpu",
        driver: "gpu.example.com",
        pool: "node-a",
        device: "gpu-0",
        adminAccess: false,
        shareId: null,
      },
    ],
    reservedFor: [{ resource: "pods", name: "train", uid: "uid-ml-train" }],
    deletionAt: null,
    ...parts,
  };
}

export function aServiceAccount(parts: Partial<ServiceAccountFacts> = {}): ServiceAccountFacts {
  return { namespace: "shop", name: "default", imagePullSecretCount: 0, ...parts };
}

export function aRole(parts: Partial<RoleFacts> = {}): RoleFacts {
  return { namespace: null, name: "reader", rules: [], isAggregated: false, ...parts };
}

export function aRoleBinding(parts: Partial<RoleBindingFacts> = {}): RoleBindingFacts {
  return { namespace: null, name: "binding", roleKind: "ClusterRole", roleName: "reader", subjects: [], ...parts };
}

export function aPolicy(parts: Partial<MutatingAdmissionPolicyFacts> = {}): MutatingAdmissionPolicyFacts {
  return {
    name: "team-label",
    failurePolicy: "Fail",
    reinvocationPolicy: "IfNeeded",
    mutationCount: 1,
    paramKind: null,
    ...parts,
  };
}

export function aPolicyBinding(
  parts: Partial<MutatingAdmissionPolicyBindingFacts> = {},
): MutatingAdmissionPolicyBindingFacts {
  return { name: "team-label", policyName: "team-label", paramName: null, ...parts };
}

export function aMutatingWebhook(parts: Partial<MutatingWebhookFacts> = {}): MutatingWebhookFacts {
  return {
    configuration: "defaults",
    name: "defaults.example.com",
    failurePolicy: "Fail",
    timeoutSeconds: 10,
    service: { kind: "Service", namespace: "platform", name: "defaults" },
    rules: [{ apiGroups: [""], resources: ["pods"], operations: ["CREATE"] }],
    ...parts,
  };
}

export function anAutoscaler(parts: Partial<HorizontalPodAutoscalerFacts> = {}): HorizontalPodAutoscalerFacts {
  return {
    namespace: "shop",
    name: "web",
    target: { kind: "Deployment", namespace: "shop", name: "web" },
    minReplicas: 2,
    maxReplicas: 10,
    currentReplicas: 3,
    metrics: [{ type: "Resource", name: "cpu" }],
    conditions: [{ type: "ScalingActive", status: "True", reason: "ValidMetricFound" }],
    ...parts,
  };
}

export function aDisruptionBudget(parts: Partial<PodDisruptionBudgetFacts> = {}): PodDisruptionBudgetFacts {
  return {
    namespace: "shop",
    name: "web",
    selector: { app: "web" },
    minAvailable: null,
    maxUnavailable: "1",
    disruptionsAllowed: 1,
    expectedPods: 3,
    currentHealthy: 3,
    ...parts,
  };
}

export function anEvent(parts: Partial<EventFacts> = {}): EventFacts {
  return {
    namespace: "shop",
    involved: { kind: "Pod", namespace: "shop", name: "web-1" },
    reason: "Scheduled",
    type: "Normal",
    message: "",
    count: 1,
    lastSeenAt: TEST_NOW,
    ...parts,
  };
}

export function aKubelet(parts: Partial<KubeletFacts> = {}): KubeletFacts {
  return {
    nodeName: "node-a",
    cgroupVersion: 2,
    failSwapOn: true,
    swapBehavior: null,
    failCgroupV1: false,
    memoryThrottlingFactor: 0.9,
    memoryReservationPolicy: null,
    cpuManagerPolicy: "none",
    memoryManagerPolicy: "None",
    cgroupDriver: "systemd",
    credentialProviderConfigured: false,
    criLosingSupport: null,
    pressureSeries: "moving",
    readAt: TEST_NOW,
    source: "kubelet",
    ...parts,
  };
}

export function anApiResource(
  group: string,
  version: string,
  resource: string,
  parts: Partial<ApiResourceFacts> = {},
): ApiResourceFacts {
  return {
    group,
    version,
    resource,
    kind: resource,
    namespaced: true,
    verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
    subresources: [],
    ...parts,
  };
}
