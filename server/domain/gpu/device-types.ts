import type { NodeFacts, PodFacts, ResourceClaimFacts, ResourceSliceFacts } from "../snapshot.ts";
import type { GpuDeviceSample } from "./device-sample.ts";

export type DeviceState = "free" | "active" | "held-idle" | "held-unknown" | "unavailable";
export type DeviceAccess = "device-plugin" | "dra" | "telemetry-only";
export type DeviceSharing = "exclusive" | "mig" | "time-slicing" | "mps" | "shared-claim";

export type DeviceHolder = {
  readonly namespace: string;
  readonly pod: string;
  readonly workload: { readonly kind: string; readonly name: string } | null;
  readonly team: string | null;
  /** How we know: the exporter named the pod, a claim names device and pod, or only the node is known and one device was taken. */
  readonly attribution: "telemetry" | "claim" | "node-only";
  readonly claim: { readonly namespace: string; readonly name: string } | null;
  readonly activityRatio: number | null;
  readonly memoryUsedBytes: number | null;
};

export type DevicePartition = {
  readonly id: string;
  readonly profile: string | null;
  /** Share of the device's compute (g slices of 7 for MIG); null when the profile does not say. */
  readonly computeShare: number | null;
  readonly state: DeviceState;
  readonly activityRatio: number | null;
  readonly memoryUsedBytes: number | null;
  readonly holders: readonly DeviceHolder[];
};

export type GpuDevice = {
  /** UUID, else driver/pool/device, else node and number: stable as long as the source is. */
  readonly id: string;
  readonly nodeName: string | null;
  readonly pool: string | null;
  readonly vendor: string;
  readonly model: string | null;
  readonly access: DeviceAccess;
  readonly sharing: DeviceSharing;
  readonly memoryBytes: number | null;
  readonly hasTelemetry: boolean;
  readonly activityRatio: number | null;
  readonly activitySource: string | null;
  readonly memoryUsedBytes: number | null;
  readonly powerWatts: number | null;
  readonly lastErrorCode: number | null;
  readonly state: DeviceState;
  /** Key of the sentence that explains the state. */
  readonly stateReason:
    | "no-holder"
    | "busy-without-owner"
    | "busy"
    | "idle"
    | "silent"
    | "node-not-ready"
    | "node-cordoned"
    | "tainted";
  readonly holders: readonly DeviceHolder[];
  readonly partitions: readonly DevicePartition[];
};

export type DeviceInput = {
  readonly nodes: readonly NodeFacts[];
  readonly pods: readonly PodFacts[];
  readonly slices: readonly ResourceSliceFacts[];
  readonly claims: readonly ResourceClaimFacts[];
  readonly samples: readonly GpuDeviceSample[];
  readonly teamOf: (pod: PodFacts) => string | null;
  /** Of things that are not pods: a claim that nobody uses. */
  readonly teamOfNamespace?: (namespace: string) => string | null;
};
