import type { FeatureCheck } from "../define-check.ts";
import { anonymousAuth } from "./anonymous-auth.ts";
import { appArmorFields } from "./app-armor-fields.ts";
import { authorizeWithSelectors } from "./authorize-with-selectors.ts";
import { autoscalingOnPressure } from "./autoscaling-on-pressure.ts";
import { cgroupV2 } from "./cgroup-v2.ts";
import { cpuBurst } from "./cpu-burst.ts";
import { dynamicResourceAllocation } from "./dynamic-resource-allocation.ts";
import { genericChecks } from "./generic-gate.ts";
import { inPlacePodResize } from "./in-place-pod-resize.ts";
import { jobBackoffLimitPerIndex } from "./job-backoff-limit-per-index.ts";
import { jobPodFailurePolicy } from "./job-pod-failure-policy.ts";
import { jobPodReplacementPolicy } from "./job-pod-replacement-policy.ts";
import { jobSuccessPolicy } from "./job-success-policy.ts";
import { memoryQos } from "./memory-qos.ts";
import { mutatingAdmissionPolicy } from "./mutating-admission-policy.ts";
import { nativeSidecars } from "./native-sidecars.ts";
import { nodeSwap } from "./node-swap.ts";
import { pressureStallInformation } from "./pressure-stall-information.ts";
import { pvLastPhaseTransition } from "./pv-last-phase-transition.ts";
import { serviceAccountImagePullTokens } from "./service-account-image-pull-tokens.ts";
import { trafficDistribution } from "./traffic-distribution.ts";
import { volumeAttributesClass } from "./volume-attributes-class.ts";

/** The features with a check of their own, in the order of the pages. A new one is an import and a line. */
export const FEATURE_CHECKS: readonly FeatureCheck[] = [
  dynamicResourceAllocation,
  nodeSwap,
  pressureStallInformation,
  trafficDistribution,
  inPlacePodResize,
  autoscalingOnPressure,
  nativeSidecars,
  mutatingAdmissionPolicy,
  authorizeWithSelectors,
  serviceAccountImagePullTokens,
  anonymousAuth,
  appArmorFields,
  volumeAttributesClass,
  pvLastPhaseTransition,
  jobPodFailurePolicy,
  jobBackoffLimitPerIndex,
  jobSuccessPolicy,
  jobPodReplacementPolicy,
  cgroupV2,
  memoryQos,
  cpuBurst,
];

/** Every other gate of the catalogue. */
export const GENERIC_CHECKS: readonly FeatureCheck[] = genericChecks(FEATURE_CHECKS);

const byId = new Map([...FEATURE_CHECKS, ...GENERIC_CHECKS].map((check) => [check.id, check]));
export function findCheck(id: string): FeatureCheck | null {
  return byId.get(id) ?? null;
}
