import type {
  AppArmorFacts,
  ContainerTemplateFacts,
  Labels,
  PodTemplateFacts,
  ResourceAmounts,
} from "../../domain/snapshot.ts";
import type { Interner } from "./interner.ts";
import {
  isObject,
  isTrue,
  type JsonObject,
  listAt,
  numberOrNull,
  objectAt,
  objectOrNull,
  objectsAt,
  textAt,
  textOrNull,
  textsAt,
} from "./parse-json.ts";
import { projectAmounts, projectAmountsOrNull } from "./project-amounts.ts";

export const APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";
/** Arguments are read for `--feature-gates` and the like; a script passed as an argument is nobody's business. */
const ARGUMENT_LIMIT = 2000;
const ARGUMENT_COUNT_LIMIT = 200;

/**
 * What replicas share. Equal templates become one object: pods of a workload differ in node, volume names and status, none
 * of which is in here, so 150,000 pods keep a few thousand templates – and a pod resized in place keeps its own.
 */
export function projectPodTemplate(metadata: JsonObject, spec: JsonObject, interner: Interner): PodTemplateFacts {
  const overhead: ResourceAmounts = projectAmounts(spec.overhead);
  const resources = objectAt(spec, "resources");
  const volumes = objectsAt(spec, "volumes");
  const template: PodTemplateFacts = {
    containers: objectsAt(spec, "containers").map(projectContainer),
    initContainers: objectsAt(spec, "initContainers").map(projectContainer),
    overheadCpuCores: overhead.cpuCores,
    overheadMemoryBytes: overhead.memoryBytes,
    podRequests: projectAmountsOrNull(resources.requests),
    podLimits: projectAmountsOrNull(resources.limits),
    restartPolicy: textAt(spec, "restartPolicy"),
    serviceAccountName: textAt(spec, "serviceAccountName"),
    imagePullSecretCount: listAt(spec, "imagePullSecrets").length,
    hostNetwork: isTrue(spec, "hostNetwork"),
    priority: numberOrNull(spec, "priority"),
    priorityClassName: textOrNull(spec, "priorityClassName"),
    nodeSelector: interner.labels(objectAt(spec, "nodeSelector")),
    resourceClaims: objectsAt(spec, "resourceClaims").map(projectClaimReference),
    appArmorProfile: projectAppArmor(spec),
    appArmorAnnotations: projectAppArmorAnnotations(objectAt(metadata, "annotations")),
    topologySpreadKeys: objectsAt(spec, "topologySpreadConstraints").map((rule) => textAt(rule, "topologyKey")),
    hasEmptyDir: volumes.some((volume) => isObject(volume.emptyDir)),
    volumeClaimNames: volumes.flatMap((volume) => {
      const name = textOrNull(objectAt(volume, "persistentVolumeClaim"), "claimName");
      return name === null ? [] : [name];
    }),
    projectedTokenAudiences: volumes.flatMap(projectTokenAudiences),
  };
  return interner.share(template);
}

function projectContainer(container: JsonObject): ContainerTemplateFacts {
  const resources = objectAt(container, "resources");
  return {
    name: textAt(container, "name"),
    image: textAt(container, "image"),
    requests: projectAmounts(resources.requests),
    limits: projectAmounts(resources.limits),
    restartPolicy: textOrNull(container, "restartPolicy"),
    // Defaulting fills in NotRequired everywhere; only the other value was written by somebody.
    resizeRestart: objectsAt(container, "resizePolicy")
      .filter((policy) => policy.restartPolicy === "RestartContainer")
      .map((policy) => textAt(policy, "resourceName")),
    claims: objectsAt(resources, "claims").map((claim) => textAt(claim, "name")),
    appArmorProfile: projectAppArmor(container),
    hasStartupProbe: isObject(container.startupProbe),
    hasReadinessProbe: isObject(container.readinessProbe),
    args: projectFlags(container),
  };
}

/** Only words that look like flags: they carry settings, while positional words may be whole scripts. */
function projectFlags(container: JsonObject): readonly string[] {
  const words = [...textsAt(container, "command"), ...textsAt(container, "args")];
  const flags = words.filter((word) => word.startsWith("--") && word.length <= ARGUMENT_LIMIT && !isSecretFlag(word));
  return flags.slice(0, ARGUMENT_COUNT_LIMIT);
}

/** People do put passwords on command lines; such values are never kept. */
function isSecretFlag(word: string): boolean {
  const name = word.slice(0, word.indexOf("=") === -1 ? word.length : word.indexOf("=")).toLowerCase();
  return (
    /pass|secret|token|credential|api-?key|access-?key|private-?key/.test(name) &&
    word.includes("=") &&
    !/file|dir|config|ttl|url|issuer|audience/.test(name)
  );
}

function projectAppArmor(owner: JsonObject): AppArmorFacts | null {
  const profile = objectOrNull(objectAt(owner, "securityContext"), "appArmorProfile");
  if (profile === null) return null;
  return { type: textAt(profile, "type"), localhostProfile: textOrNull(profile, "localhostProfile") };
}

function projectAppArmorAnnotations(annotations: JsonObject): Labels {
  const found: Record<string, string> = {};
  for (const key in annotations) {
    if (!key.startsWith(APPARMOR_ANNOTATION)) continue;
    const value = annotations[key];
    if (typeof value === "string") found[key.slice(APPARMOR_ANNOTATION.length)] = value;
  }
  return found;
}

/** v1alpha3 of 1.31 wrapped both names in `source`; later versions write them flat. */
function projectClaimReference(claim: JsonObject): PodTemplateFacts["resourceClaims"][number] {
  const source = objectOrNull(claim, "source") ?? claim;
  return {
    name: textAt(claim, "name"),
    claimName: textOrNull(source, "resourceClaimName"),
    templateName: textOrNull(source, "resourceClaimTemplateName"),
  };
}

function projectTokenAudiences(volume: JsonObject): readonly string[] {
  return objectsAt(objectAt(volume, "projected"), "sources").flatMap((source) => {
    const audience = textOrNull(objectAt(source, "serviceAccountToken"), "audience");
    return audience === null ? [] : [audience];
  });
}
