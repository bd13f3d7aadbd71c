import type {
  DeviceClassFacts,
  DeviceFacts,
  DeviceRequestFacts,
  ResourceClaimFacts,
  ResourceClaimTemplateFacts,
  ResourceSliceFacts,
} from "../../domain/snapshot.ts";
import type { Interner } from "./interner.ts";
import {
  isTrue,
  type JsonObject,
  listAt,
  numberOrNull,
  objectAt,
  objectOrNull,
  objectsAt,
  requireObject,
  requireText,
  textAt,
  textOrNull,
} from "./parse-json.ts";
import { controllerOf, metadataOf } from "./project-meta.ts";
import { parseQuantity } from "./quantity.ts";

/*
 * resource.k8s.io from v1alpha3 to v1. Two shapes differ: a request is flat up to v1beta1 and wrapped in `exactly` from
 * v1beta2; a device's fields sit under `basic` up to v1beta1 and directly on the device from v1beta2. Capacity values are
 * plain quantities in v1alpha3 and `{ value }` later. All are told apart by what is there, not by the version asked for.
 */

export function projectDeviceClass(raw: unknown): DeviceClassFacts {
  const item = requireObject(raw);
  const spec = objectAt(item, "spec");
  return {
    name: requireText(metadataOf(item), "name"),
    selectorCel: projectSelectors(spec),
    extendedResourceName: textOrNull(spec, "extendedResourceName"),
  };
}

export function projectResourceSlice(raw: unknown, interner: Interner): ResourceSliceFacts {
  const item = requireObject(raw);
  const spec = objectAt(item, "spec");
  const pool = objectAt(spec, "pool");
  return {
    name: requireText(metadataOf(item), "name"),
    driver: interner.text(textAt(spec, "driver")),
    poolName: textAt(pool, "name"),
    poolGeneration: numberOrNull(pool, "generation") ?? 0, // left out by the API when it is 0
    poolSliceCount: numberOrNull(pool, "resourceSliceCount") ?? 0,
    nodeName: interner.textOrNull(textOrNull(spec, "nodeName")),
    allNodes: isTrue(spec, "allNodes"),
    devices: objectsAt(spec, "devices").map((device) => projectDevice(device, interner)),
    sharedCounterCount: listAt(spec, "sharedCounters").length,
  };
}

function projectDevice(device: JsonObject, interner: Interner): DeviceFacts {
  const body = objectOrNull(device, "basic") ?? device;
  const attributes: Record<string, string | number | boolean> = {};
  const rawAttributes = objectAt(body, "attributes");
  for (const name in rawAttributes) {
    const value = attributeValue(objectAt(rawAttributes, name));
    if (value !== null) attributes[interner.text(name)] = typeof value === "string" ? interner.text(value) : value;
  }
  const capacity: Record<string, number> = {};
  const rawCapacity = objectAt(body, "capacity");
  for (const name in rawCapacity) {
    const wrapped = objectOrNull(rawCapacity, name);
    const amount = parseQuantity(wrapped === null ? rawCapacity[name] : wrapped.value);
    if (amount !== null) capacity[interner.text(name)] = amount;
  }
  return {
    name: interner.text(textAt(device, "name")),
    attributes,
    capacity: interner.share(capacity),
    taints: objectsAt(body, "taints").map((taint) => ({ key: textAt(taint, "key"), effect: textAt(taint, "effect") })),
    allowsMultipleAllocations: isTrue(body, "allowMultipleAllocations"),
    consumesCounters: listAt(body, "consumesCounters").length > 0,
  };
}

/** Exactly one of the four fields is set. Versions are kept as their text. */
function attributeValue(attribute: JsonObject): string | number | boolean | null {
  for (const key of ["string", "version", "int", "bool"]) {
    const value = attribute[key];
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  }
  return null;
}

export function projectResourceClaim(raw: unknown, interner: Interner): ResourceClaimFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const annotations = objectAt(metadata, "annotations");
  const status = objectAt(item, "status");
  const namespace = interner.text(requireText(metadata, "namespace"));
  const owner = controllerOf(metadata, namespace, interner);
  const allocation = objectOrNull(status, "allocation");
  return {
    namespace,
    name: requireText(metadata, "name"),
    uid: textAt(metadata, "uid"),
    createdAt: interner.moment(metadata.creationTimestamp),
    ownerPod: owner?.kind === "Pod" ? owner.name : null,
    fromTemplateAnnotation: textOrNull(annotations, "resource.kubernetes.io/pod-claim-name"),
    isExtendedResourceClaim: "resource.kubernetes.io/extended-resource-claim" in annotations,
    requests: projectRequests(objectAt(objectAt(item, "spec"), "devices")),
    allocation:
      allocation === null
        ? null
        : objectsAt(objectAt(allocation, "devices"), "results").map((result) => ({
            request: textAt(result, "request"),
            driver: interner.text(textAt(result, "driver")),
            pool: interner.text(textAt(result, "pool")),
            device: interner.text(textAt(result, "device")),
            adminAccess: isTrue(result, "adminAccess"),
            shareId: textOrNull(result, "shareID"),
          })),
    reservedFor: objectsAt(status, "reservedFor").map((consumer) => ({
      resource: textAt(consumer, "resource"),
      name: textAt(consumer, "name"),
      uid: textAt(consumer, "uid"),
    })),
    deletionAt: interner.moment(metadata.deletionTimestamp),
  };
}

export function projectResourceClaimTemplate(raw: unknown, interner: Interner): ResourceClaimTemplateFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  return {
    namespace: interner.text(requireText(metadata, "namespace")),
    name: requireText(metadata, "name"),
    requests: projectRequests(objectAt(objectAt(objectAt(item, "spec"), "spec"), "devices")),
  };
}

function projectRequests(devices: JsonObject): readonly DeviceRequestFacts[] {
  return objectsAt(devices, "requests").map((request) => {
    const body = objectOrNull(request, "exactly") ?? request;
    const alternatives = objectsAt(request, "firstAvailable");
    return {
      name: textAt(request, "name"),
      deviceClassName: textOrNull(body, "deviceClassName"),
      allocationMode: textOrNull(body, "allocationMode"),
      count: numberOrNull(body, "count"),
      adminAccess: isTrue(body, "adminAccess"),
      selectorCel: projectSelectors(body),
      alternatives: alternatives.map((alternative) => ({
        name: textAt(alternative, "name"),
        deviceClassName: textAt(alternative, "deviceClassName"),
      })),
    };
  });
}

function projectSelectors(owner: JsonObject): readonly string[] {
  return objectsAt(owner, "selectors").flatMap((selector) => {
    const expression = textOrNull(objectAt(selector, "cel"), "expression");
    return expression === null ? [] : [expression];
  });
}
