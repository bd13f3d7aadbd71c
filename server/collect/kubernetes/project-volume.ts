import type {
  CsiDriverFacts,
  Labels,
  StorageClassFacts,
  VolumeAttributesClassFacts,
  VolumeClaimFacts,
  VolumeFacts,
} from "../../domain/snapshot.ts";
import type { Interner } from "./interner.ts";
import {
  type JsonObject,
  objectAt,
  objectOrNull,
  objectsAt,
  requireObject,
  requireText,
  textAt,
  textOrNull,
  textsAt,
} from "./parse-json.ts";
import { metadataOf, shortMessage } from "./project-meta.ts";
import { parseQuantity } from "./quantity.ts";

const ZONE_KEYS: ReadonlySet<string> = new Set([
  "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/zone",
  "topology.ebs.csi.aws.com/zone",
  "topology.gke.io/zone",
  "topology.disk.csi.azure.com/zone",
]);

export function projectVolumeClaim(raw: unknown, interner: Interner): VolumeClaimFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const spec = objectAt(item, "spec");
  const status = objectAt(item, "status");
  const modify = objectAt(status, "modifyVolumeStatus");
  return {
    namespace: interner.text(requireText(metadata, "namespace")),
    name: requireText(metadata, "name"),
    uid: textAt(metadata, "uid"),
    labels: interner.labels(objectAt(metadata, "labels")),
    phase: interner.text(textAt(status, "phase")),
    storageClassName: interner.textOrNull(textOrNull(spec, "storageClassName")),
    volumeName: textOrNull(spec, "volumeName"),
    requestedBytes: parseQuantity(objectAt(objectAt(spec, "resources"), "requests").storage),
    capacityBytes: parseQuantity(objectAt(status, "capacity").storage),
    attributesClassName: interner.textOrNull(textOrNull(spec, "volumeAttributesClassName")),
    currentAttributesClassName: interner.textOrNull(textOrNull(status, "currentVolumeAttributesClassName")),
    modifyStatus: textOrNull(modify, "status"),
    modifyTarget: textOrNull(modify, "targetVolumeAttributesClassName"),
    conditions: objectsAt(status, "conditions").map((condition) => ({
      type: textAt(condition, "type"),
      status: textAt(condition, "status"),
      reason: textAt(condition, "reason"),
      message: shortMessage(textAt(condition, "message")),
    })),
    createdAt: interner.moment(metadata.creationTimestamp),
  };
}

export function projectVolume(raw: unknown, interner: Interner): VolumeFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const spec = objectAt(item, "spec");
  const status = objectAt(item, "status");
  const claim = objectOrNull(spec, "claimRef");
  return {
    name: requireText(metadata, "name"),
    phase: interner.text(textAt(status, "phase")),
    capacityBytes: parseQuantity(objectAt(spec, "capacity").storage),
    storageClassName: interner.textOrNull(textOrNull(spec, "storageClassName")),
    csiDriver: interner.textOrNull(textOrNull(objectAt(spec, "csi"), "driver")),
    claim:
      claim === null
        ? null
        : { kind: "PersistentVolumeClaim", namespace: textAt(claim, "namespace"), name: textAt(claim, "name") },
    reclaimPolicy: interner.textOrNull(textOrNull(spec, "persistentVolumeReclaimPolicy")),
    attributesClassName: interner.textOrNull(textOrNull(spec, "volumeAttributesClassName")),
    lastPhaseTransitionAt: interner.moment(status.lastPhaseTransitionTime),
    zone: interner.textOrNull(zoneOfVolume(metadata, spec)),
    createdAt: interner.moment(metadata.creationTimestamp),
  };
}

/** A volume bound to exactly one zone; a regional disk names two and has none. */
function zoneOfVolume(metadata: JsonObject, spec: JsonObject): string | null {
  const zones = new Set<string>();
  const terms = objectsAt(objectAt(objectAt(spec, "nodeAffinity"), "required"), "nodeSelectorTerms");
  for (const term of terms) {
    for (const expression of objectsAt(term, "matchExpressions")) {
      if (!ZONE_KEYS.has(textAt(expression, "key")) || expression.operator !== "In") continue;
      for (const zone of textsAt(expression, "values")) zones.add(zone);
    }
  }
  if (zones.size === 0) {
    const labels = objectAt(metadata, "labels");
    for (const key of ZONE_KEYS) {
      const zone = textOrNull(labels, key);
      if (zone !== null && !zone.includes("__")) zones.add(zone); // "a__b" is how a regional disk was once labelled
    }
  }
  const [zone] = zones;
  return zones.size === 1 && zone !== undefined ? zone : null;
}

export function projectStorageClass(raw: unknown, interner: Interner): StorageClassFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const annotations = objectAt(metadata, "annotations");
  return {
    name: requireText(metadata, "name"),
    provisioner: textAt(item, "provisioner"),
    isDefault: annotations["storageclass.kubernetes.io/is-default-class"] === "true",
    parameters: withoutSecretNames(item, interner),
  };
}

export function projectVolumeAttributesClass(raw: unknown, interner: Interner): VolumeAttributesClassFacts {
  const item = requireObject(raw);
  return {
    name: requireText(metadataOf(item), "name"),
    driverName: textAt(item, "driverName"),
    parameters: withoutSecretNames(item, interner),
  };
}

export function projectCsiDriver(raw: unknown): CsiDriverFacts {
  return { name: requireText(metadataOf(requireObject(raw)), "name") };
}

/** Drivers are given the names of secrets in parameters, and some old ones the secrets themselves. */
function withoutSecretNames(item: JsonObject, interner: Interner): Labels {
  const parameters = objectAt(item, "parameters");
  const dropped = new Set(Object.keys(parameters).filter((key) => /secret|password|token|key$/i.test(key)));
  return interner.labels(parameters, dropped);
}
