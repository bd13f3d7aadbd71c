import type {
  ApiResourceFacts,
  DeviceClassFacts,
  NodeFacts,
  ObjectRef,
  PodFacts,
  PodTemplateFacts,
  ResourceSliceFacts,
} from "../snapshot.ts";
import type { GpuDevice } from "./device-types.ts";
import type { ContainerAsk } from "./gpu-resources.ts";
import type { DraVersion, MigrationBlockerKey, MigrationSeverity, MigrationState } from "./migration-keys.ts";

/** A workload that asks for accelerators by extended resource, with the pods that it has now. */
export type AskingWorkload = {
  readonly ref: ObjectRef;
  readonly team: string | null;
  readonly template: PodTemplateFacts;
  /** Pods that exist (finished ones left out). */
  readonly podCount: number;
  readonly nodeNames: readonly string[];
};

/** Whether the gate is in effect: where it was read, and whether by an answer or by inference. */
export type GateFinding = {
  readonly state: "on" | "off" | "drift" | "unknown";
  /** Components in which it is off. */
  readonly offIn: readonly string[];
};

export type MigrationInput = {
  readonly minor: string | null;
  /** `resource.k8s.io` as discovery lists it; null = discovery could not be read. */
  readonly apis: readonly ApiResourceFacts[] | null;
  readonly gate: GateFinding;
  /** Nodes with accelerators. */
  readonly nodes: readonly NodeFacts[];
  readonly workloads: readonly AskingWorkload[];
  /** Null = could not be listed. */
  readonly slices: readonly ResourceSliceFacts[] | null;
  readonly classes: readonly DeviceClassFacts[] | null;
  readonly devices: readonly Pick<
    GpuDevice,
    "nodeName" | "vendor" | "model" | "access" | "hasTelemetry" | "holders" | "partitions"
  >[];
  /** Pods on accelerator nodes, exporters among them. */
  readonly pods: readonly Pick<PodFacts, "nodeName" | "template">[];
};

export type MigrationBlocker = {
  readonly key: MigrationBlockerKey;
  readonly severity: MigrationSeverity;
  readonly params: Readonly<Record<string, string | number>>;
  /** What was seen, for whoever asks why. */
  readonly evidence: readonly string[];
};

/** One request of the claim: what a container asked for before, and the class that stands for it now. */
export type PlannedRequest = {
  /** The pod's claim that it belongs to: one for each asking container, as a plugin gave each its own devices. */
  readonly claim: string;
  readonly name: string;
  readonly ask: ContainerAsk;
  readonly driver: string;
  readonly className: string;
  /** The class is there already under this name with the same meaning. */
  readonly isClassThere: boolean;
  readonly selectorCel: string;
  /** Models that its pods run on, out of which the selector was made; empty = it runs nowhere, any device of the driver. */
  readonly models: readonly string[];
  /** Published devices that the selector takes; null = no slices, or an attribute that it names is not published. */
  readonly matchingDevices: number | null;
};

export type MigrationPlan = {
  readonly workload: AskingWorkload;
  readonly version: DraVersion | null;
  /** `version` follows from the minor alone, discovery was not read. */
  readonly isVersionInferred: boolean;
  readonly requests: readonly PlannedRequest[];
  readonly blockers: readonly MigrationBlocker[];
  readonly state: MigrationState;
};
