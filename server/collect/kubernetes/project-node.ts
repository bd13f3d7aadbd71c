import type { NodeFacts } from "../../domain/snapshot.ts";
import type { Interner } from "./interner.ts";
import {
  isTrue,
  numberOrNull,
  objectAt,
  objectOrNull,
  objectsAt,
  requireObject,
  requireText,
  textAt,
  textOrNull,
  textsAt,
} from "./parse-json.ts";
import { projectAmounts } from "./project-amounts.ts";
import { metadataOf, projectCondition } from "./project-meta.ts";
import { parseNodePlacement } from "./provider-labels.ts";

export function projectNode(raw: unknown, interner: Interner): NodeFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const spec = objectAt(item, "spec");
  const status = objectAt(item, "status");
  const info = objectAt(status, "nodeInfo");
  const labels = interner.labels(objectAt(metadata, "labels"));
  const providerId = textOrNull(spec, "providerID");
  const conditions = objectsAt(status, "conditions").map((condition) => projectCondition(condition, interner));
  const ready = conditions.find((condition) => condition.type === "Ready");
  const port = numberOrNull(objectAt(objectAt(status, "daemonEndpoints"), "kubeletEndpoint"), "Port");
  const swap = objectOrNull(info, "swap");
  return {
    name: requireText(metadata, "name"),
    uid: textAt(metadata, "uid"),
    labels,
    createdAt: interner.moment(metadata.creationTimestamp),
    providerId,
    isReady: ready === undefined ? null : ready.status === "True",
    isSchedulable: !isTrue(spec, "unschedulable"),
    isControlPlane: "node-role.kubernetes.io/control-plane" in labels || "node-role.kubernetes.io/master" in labels,
    taints: objectsAt(spec, "taints").map((taint) =>
      interner.share({ key: textAt(taint, "key"), value: textAt(taint, "value"), effect: textAt(taint, "effect") }),
    ),
    conditions,
    ...parseNodePlacement(labels, providerId),
    addresses: objectsAt(status, "addresses").map((address) => ({
      type: interner.text(textAt(address, "type")),
      address: textAt(address, "address"),
    })),
    kubeletPort: port === 0 ? null : port, // 0 is what a node without a kubelet reports
    kubeletVersion: interner.text(textAt(info, "kubeletVersion")),
    kernelVersion: interner.text(textAt(info, "kernelVersion")),
    osImage: interner.text(textAt(info, "osImage")),
    operatingSystem: interner.text(textAt(info, "operatingSystem")),
    architecture: interner.text(textAt(info, "architecture")),
    containerRuntimeVersion: interner.text(textAt(info, "containerRuntimeVersion")),
    swapCapacityBytes: swap === null ? null : numberOrNull(swap, "capacity"),
    declaredFeatures: interner.share(textsAt(status, "declaredFeatures")),
    capacity: interner.share(projectAmounts(status.capacity)),
    allocatable: interner.share(projectAmounts(status.allocatable)),
  };
}
