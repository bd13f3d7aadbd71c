import type { Reading } from "../../domain/reading.ts";
import type { ClusterParts } from "../../domain/snapshot.ts";
import { LISTS, type ResourceCall } from "./api-calls.ts";
import type { Interner } from "./interner.ts";
import {
  projectApiService,
  projectMutatingAdmissionPolicy,
  projectMutatingAdmissionPolicyBinding,
} from "./project-admission.ts";
import { projectHorizontalPodAutoscaler, projectPodDisruptionBudget } from "./project-autoscaling.ts";
import {
  projectDeviceClass,
  projectResourceClaim,
  projectResourceClaimTemplate,
  projectResourceSlice,
} from "./project-device.ts";
import { projectNode } from "./project-node.ts";
import { projectServiceAccount } from "./project-rbac.ts";
import { projectEndpointSlice, projectService } from "./project-service.ts";
import {
  projectCsiDriver,
  projectStorageClass,
  projectVolume,
  projectVolumeAttributesClass,
  projectVolumeClaim,
} from "./project-volume.ts";

/** Parts that are one list of one resource, item by item: adding such a part is one line here and its reader. */
export type PlainPart =
  | "nodes"
  | "endpointSlices"
  | "services"
  | "volumeClaims"
  | "volumes"
  | "storageClasses"
  | "volumeAttributesClasses"
  | "csiDrivers"
  | "deviceClasses"
  | "resourceSlices"
  | "resourceClaims"
  | "resourceClaimTemplates"
  | "serviceAccounts"
  | "mutatingAdmissionPolicies"
  | "mutatingAdmissionPolicyBindings"
  | "horizontalPodAutoscalers"
  | "podDisruptionBudgets"
  | "apiServices";

export type ItemOf<Name extends keyof ClusterParts> =
  ClusterParts[Name] extends Reading<readonly (infer Item)[]> ? Item : never;
export type PlainReadings = { [Name in PlainPart]: Reading<readonly ItemOf<Name>[]> };

type PlainLists = {
  readonly [Name in PlainPart]: {
    readonly call: ResourceCall;
    readonly project: (raw: unknown, interner: Interner) => ItemOf<Name>;
  };
};

/** Long lists first: the short ones then fill the gaps of the lanes. */
export const PLAIN_LISTS: PlainLists = {
  endpointSlices: { call: LISTS.endpointSlices, project: projectEndpointSlice },
  nodes: { call: LISTS.nodes, project: projectNode },
  services: { call: LISTS.services, project: projectService },
  volumeClaims: { call: LISTS.volumeClaims, project: projectVolumeClaim },
  volumes: { call: LISTS.volumes, project: projectVolume },
  serviceAccounts: { call: LISTS.serviceAccounts, project: projectServiceAccount },
  resourceSlices: { call: LISTS.resourceSlices, project: projectResourceSlice },
  resourceClaims: { call: LISTS.resourceClaims, project: projectResourceClaim },
  resourceClaimTemplates: { call: LISTS.resourceClaimTemplates, project: projectResourceClaimTemplate },
  deviceClasses: { call: LISTS.deviceClasses, project: projectDeviceClass },
  storageClasses: { call: LISTS.storageClasses, project: projectStorageClass },
  volumeAttributesClasses: { call: LISTS.volumeAttributesClasses, project: projectVolumeAttributesClass },
  csiDrivers: { call: LISTS.csiDrivers, project: projectCsiDriver },
  mutatingAdmissionPolicies: { call: LISTS.mutatingAdmissionPolicies, project: projectMutatingAdmissionPolicy },
  mutatingAdmissionPolicyBindings: {
    call: LISTS.mutatingAdmissionPolicyBindings,
    project: projectMutatingAdmissionPolicyBinding,
  },
  horizontalPodAutoscalers: { call: LISTS.horizontalPodAutoscalers, project: projectHorizontalPodAutoscaler },
  podDisruptionBudgets: { call: LISTS.podDisruptionBudgets, project: projectPodDisruptionBudget },
  apiServices: { call: LISTS.apiServices, project: projectApiService },
};

export const PLAIN_PARTS = Object.keys(PLAIN_LISTS) as readonly PlainPart[]; // the keys of a literal typed by PlainPart
