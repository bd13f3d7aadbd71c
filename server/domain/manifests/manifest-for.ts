import { findCheck } from "../features/checks/index.ts";
import { findGate, gateAt } from "../gates/catalogue.ts";
import { isAtLeast } from "../gates/version.ts";
import { valueOrNull } from "../reading.ts";
import { admissionPolicy, autoscalerOnPressure, deviceClaims, volumeClass } from "./api-objects.ts";
import {
  anonymousPaths,
  cgroupTolerance,
  memoryProtection,
  pressureGate,
  pullTokens,
  swapNodes,
} from "./configuration.ts";
import { failurePolicyJob, perIndexJob, replacementJob, successPolicyJob } from "./jobs.ts";
import type { Manifest, ManifestDocument, ManifestFacts, NoManifest } from "./manifest-types.ts";
import { appArmorPatches, resizePatch, sidecarPatch, trafficPatch } from "./workload-patches.ts";

/** Documents, or why this version has no step to write down. */
type Writer = (snapshot: ManifestFacts, minor: string) => readonly ManifestDocument[] | NoManifest["because"];

const WRITERS: Readonly<Record<string, Writer>> = {
  "dynamic-resource-allocation": deviceClaims,
  "node-swap": swapNodes,
  "pressure-stall-information": pressureGate,
  "traffic-distribution": trafficPatch,
  "in-place-pod-resize": resizePatch,
  "autoscaling-on-pressure": autoscalerOnPressure,
  "native-sidecars": sidecarPatch,
  "mutating-admission-policy": admissionPolicy,
  "service-account-image-pull-tokens": pullTokens,
  "anonymous-auth": anonymousPaths,
  "app-armor-fields": appArmorPatches,
  "volume-attributes-class": volumeClass,
  "job-pod-failure-policy": failurePolicyJob,
  "job-backoff-limit-per-index": perIndexJob,
  "job-success-policy": successPolicyJob,
  "job-pod-replacement-policy": replacementJob,
  "cgroup-v2": cgroupTolerance,
  "memory-qos": memoryProtection,
};

/**
 * The next step of a feature as YAML for this cluster's version: the smallest thing that moves it on, commented.
 * What the cluster has (a driver, a Service, a workload) is used for names; else names are plain examples.
 */
export function manifestFor(feature: string, snapshot: ManifestFacts): Manifest | NoManifest {
  const check = findCheck(feature);
  if (check === null) return { feature, because: "no-such-feature" };
  if (feature === "cpu-burst") return { feature, because: "no-api" };
  const minor = valueOrNull(snapshot.parts.version)?.minor ?? null;
  if (minor === null) return { feature, because: "version-unknown" };
  const missing = check.gates.some((name) => {
    const gate = findGate(name);
    return gate !== null && gateAt(gate, minor).status === "not-yet";
  });
  if (missing && !(feature === "traffic-distribution" && isAtLeast(minor, "1.31") === true))
    return { feature, because: "not-available" };
  const documents = WRITERS[feature]?.(snapshot, minor) ?? gateSetting(check.gates, minor);
  if (typeof documents === "string") return { feature, because: documents };
  return documents.length === 0 ? { feature, because: "nothing-to-do" } : { feature, minor, documents };
}

/** Turning gates on, where they are off by default and not locked. */
function gateSetting(gates: readonly string[], minor: string): ManifestDocument[] {
  const off = gates.flatMap((name) => {
    const gate = findGate(name);
    const at = gate === null ? null : gateAt(gate, minor);
    return gate !== null && at?.status === "known" && !at.isOnByDefault && !at.isLocked ? [gate] : [];
  });
  if (off.length === 0) return [];
  const documents: ManifestDocument[] = [];
  const stage = off.map((gate) => `${gate.name} is ${stageOf(gate.name, minor)} in ${minor}`).join("; ");
  const forKubelet = off.filter((gate) => gate.components.includes("kubelet"));
  if (forKubelet.length > 0) {
    const lines = forKubelet.map((gate) => `  ${gate.name}: true`).join("\n");
    documents.push({
      fileName: "kubelet.yaml",
      format: "kubelet-config",
      text: `# Merge into the kubelet's configuration on each node, then restart it. ${stage}.\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfeatureGates:\n${lines}\n`,
    });
  }
  const others = [...new Set(off.flatMap((gate) => gate.components))].filter(
    (component) => component !== "kubelet" && component !== "client-go",
  );
  if (others.length > 0) {
    const value = off.map((gate) => `${gate.name}=true`).join(",");
    documents.push({
      fileName: "flags.txt",
      format: "flags",
      text: `# Add to the command line of: ${others.join(", ")}. ${stage}.\n--feature-gates=${value}\n`,
    });
  }
  return documents;
}

function stageOf(name: string, minor: string): string {
  const gate = findGate(name);
  const at = gate === null ? null : gateAt(gate, minor);
  return at?.status === "known" ? at.stage : "unknown";
}
