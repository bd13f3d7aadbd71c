import type { Signal } from "../signal.ts";

/** The physical facts of the demo. Kubernetes answers, exporter pages and Prometheus series are all drawn from these. */
export type DemoFleet = {
  readonly seed: number;
  readonly size: DemoSize;
  /** Moment (epoch seconds, a full hour) that every story is dated against. */
  readonly anchor: number;
  readonly clusters: readonly DemoCluster[];
};
export type DemoSize = "small" | "demo" | "scale";

export type DemoCluster = {
  readonly name: string;
  readonly minor: string;
  readonly version: string;
  readonly provider: "aws" | "gcp" | "none";
  readonly region: string | null;
  readonly zones: readonly string[];
  readonly uid: string;
  /** Nobody asks for anything older, epoch seconds. */
  readonly historyFrom: number;
  readonly kubeletAccess: "direct" | "proxy" | "off";
  /** What a request without credentials gets. */
  readonly anonymous: "restricted" | "refused" | "reads-everything";
  /** Resources ("" group as "core/…") that the collector's account may not list. */
  readonly forbidden: readonly string[];
  readonly controlPlaneGates: Readonly<Record<string, boolean>>;
  readonly hasVendorGates: boolean;
  readonly nodes: readonly DemoNode[];
  readonly namespaces: readonly { readonly name: string; readonly labels: Record<string, string> }[];
  readonly workloads: readonly DemoWorkload[];
  /** All generations, gone ones too; `to` tells. */
  readonly pods: readonly DemoPod[];
  readonly services: readonly DemoService[];
  readonly volumes: readonly DemoVolume[];
  readonly flows: readonly DemoFlow[];
  readonly claims: readonly DemoClaim[];
  readonly events: readonly DemoEvent[];
  readonly prometheus: {
    readonly label: "none" | "cluster";
    readonly needsToken: boolean;
    readonly flowExporter: "beyla" | "netobserv" | "none";
    readonly scrapeStyle: "stack" | "manifests" | "chart";
    /** From this moment on the server answers 503; what it stored before can still be asked for. */
    readonly downSince: number | null;
  };
};

export type DemoNode = {
  readonly name: string;
  readonly uid: string;
  readonly pool: string;
  readonly zone: string | null;
  readonly instanceType: string;
  readonly isSpot: boolean;
  readonly isControlPlane: boolean;
  readonly address: string;
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly swapBytes: number;
  readonly swapBehavior: "NoSwap" | "LimitedSwap";
  readonly cgroupVersion: 1 | 2;
  /** `silent` = the kernel was booted without PSI: series exist on this kubelet and stay 0. */
  readonly psi: "measured" | "silent" | "absent";
  readonly kubeletVersion: string;
  readonly kubeletMinor: string;
  readonly kernelVersion: string;
  readonly osImage: string;
  readonly runtime: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  readonly extended: Readonly<Record<string, number>>;
  /** Gates set in the kubelet's configuration, and since when each has its present value. */
  readonly kubeletGates: Readonly<Record<string, boolean>>;
  readonly gateChanges: readonly { readonly gate: string; readonly at: number; readonly before: boolean }[];
  readonly gpus: readonly DemoGpu[];
  readonly createdAt: number;
  /** Moments at which the machine, the kubelet and the exporters started; counters begin there. */
  readonly boots: readonly number[];
  /** Load that belongs to no pod. */
  readonly systemCpu: Signal;
  readonly pressure: Pressure;
  readonly swapIn: Signal;
  readonly swapOut: Signal;
  readonly swapUsed: Signal;
  /** From this moment on its kubelet series lack the `node` label (a scrape configuration lost it). */
  readonly nodeLabelLostAt: number | null;
};

/** Shares of wall-clock time, 0–1. */
export type Pressure = {
  readonly cpuSome: Signal;
  readonly cpuFull: Signal;
  readonly memorySome: Signal;
  readonly memoryFull: Signal;
  readonly ioSome: Signal;
  readonly ioFull: Signal;
};

export type DemoGpu = {
  readonly index: number;
  readonly uuid: string;
  readonly model: string;
  readonly memoryMib: number;
  readonly via: "device-plugin" | "dra";
  readonly sharedBy: number;
  readonly slices: readonly { readonly profile: string; readonly id: number; readonly memoryMib: number }[];
  /** Who holds it (or one of its slices); several at once on a shared device. */
  readonly holders: readonly GpuHolder[];
  /** Telemetry ends here (the exporter lost the device); `null` = reporting. */
  readonly silentSince: number | null;
};
export type GpuHolder = {
  readonly pod: DemoPod;
  readonly container: string;
  readonly slice: number | null;
  readonly claim: string | null;
  /** Share of time the engine is active, 0–1. */
  readonly active: Signal;
  readonly memoryShare: number;
};

export type Amounts = {
  readonly cpuCores?: number;
  readonly memoryBytes?: number;
  readonly extended?: Readonly<Record<string, number>>;
};

export type DemoContainer = {
  readonly name: string;
  readonly image: string;
  /** app = regular, sidecar = init container with restartPolicy Always, init = runs once. */
  readonly role: "app" | "sidecar" | "init";
  readonly requests: Amounts;
  readonly limits: Amounts;
  readonly args: readonly string[];
  readonly usesClaims: readonly string[];
  readonly hasStartupProbe: boolean;
  readonly cpu: Signal;
  readonly memory: Signal;
  readonly swap: Signal;
  readonly throttled: Signal;
  readonly ioBytes: Signal;
  readonly pressure: Pressure;
  /** Moments at which the kernel killed it for memory; each is a restart. */
  readonly oomKills: readonly number[];
};

export type DemoWorkload = {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet" | "Job" | "CronJob" | "Pod" | "Mirror";
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly team: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly containers: readonly DemoContainer[];
  readonly options: WorkloadOptions;
  readonly createdAt: number;
  /** Template hash of the present generation. */
  readonly hash: string;
};

export type WorkloadOptions = {
  readonly appArmor?: "field" | "annotation" | "none";
  readonly imagePullSecret?: boolean;
  readonly emptyDir?: boolean;
  readonly spreadByZone?: boolean;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly toleratesGpu?: boolean;
  readonly hostNetwork?: boolean;
  readonly priorityClass?: string;
  readonly serviceAccount?: string;
  readonly claimTemplate?: string;
  readonly claimName?: string;
  readonly volumeClaim?: string;
  readonly budgetMinAvailable?: number | string;
  readonly autoscaler?: "cpu" | "external" | "external-broken";
  readonly resize?: { readonly status: "Deferred" | "Infeasible" };
  readonly schedule?: string;
  readonly job?: {
    readonly parallelism: number;
    readonly completions: number;
    readonly isIndexed?: boolean;
    readonly backoffLimit?: number;
    readonly backoffLimitPerIndex?: number;
    readonly podFailurePolicy?: boolean;
    readonly successPolicy?: boolean;
    readonly podReplacementPolicy?: "Failed";
    readonly failed?: number;
    readonly succeeded?: number;
    readonly completed?: boolean;
    readonly exitCode?: number;
  };
  /** Why its pods wait, instead of running. */
  readonly pending?: { readonly reason: string; readonly message: string };
  /** Why the kubelet refused its pods. */
  readonly rejected?: { readonly reason: string; readonly message: string };
};

export type DemoPod = {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly workload: DemoWorkload;
  readonly ordinal: number;
  readonly node: DemoNode | null;
  readonly ip: string;
  readonly containers: readonly DemoContainer[];
  readonly from: number;
  readonly to: number;
  readonly received: Signal;
  readonly sent: Signal;
  readonly pressure: Pressure;
};

export type DemoService = {
  readonly namespace: string;
  readonly name: string;
  readonly workload: DemoWorkload;
  readonly trafficDistribution: string | null;
  readonly topologyMode: string | null;
  readonly isHeadless: boolean;
  readonly hints: "written" | "missing";
  readonly port: number;
};

export type DemoVolume = {
  readonly namespace: string;
  readonly claim: string;
  readonly volume: string;
  readonly bytes: number;
  readonly storageClass: string;
  readonly driver: string;
  readonly zone: string | null;
  readonly attributesClass: string | null;
  readonly appliedClass: string | null;
  readonly modifyStatus: "InProgress" | "Infeasible" | "Pending" | null;
  readonly phase: "Bound" | "Released";
  readonly phaseSince: number | null;
};

/** Bytes per second from one workload to another, before they are spread over the pods of both. */
export type DemoFlow = {
  readonly from: DemoWorkload;
  readonly to: DemoWorkload;
  readonly service: string | null;
  readonly bytesPerSecond: Signal;
  /** Share of the bytes that stays in the sender's zone when the receiver has a pod there. */
  readonly sameZoneShare: number;
};

export type DemoClaim = {
  readonly namespace: string;
  readonly name: string;
  readonly pod: DemoPod | null;
  readonly deviceClass: string;
  readonly count: number;
  readonly devices: readonly { readonly node: DemoNode; readonly device: string }[];
  readonly createdAt: number;
  /** What it is reserved for where that is no pod: the claim controller leaves such entries alone, so the devices stay taken. */
  readonly reservedFor?: { readonly apiGroup: string; readonly resource: string; readonly name: string };
};

export type DemoEvent = {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly component: string;
  readonly at: number;
  readonly count: number;
};
