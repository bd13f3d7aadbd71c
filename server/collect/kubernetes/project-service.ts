import type { EndpointFacts, EndpointSliceFacts, ServiceFacts } from "../../domain/snapshot.ts";
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
import { metadataOf } from "./project-meta.ts";

export function projectService(raw: unknown, interner: Interner): ServiceFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const spec = objectAt(item, "spec");
  const annotations = objectAt(metadata, "annotations");
  const clusterIps = textsAt(spec, "clusterIPs");
  const clusterIp = textOrNull(spec, "clusterIP");
  const ips = clusterIps.length > 0 || clusterIp === null ? clusterIps : [clusterIp];
  return {
    namespace: interner.text(requireText(metadata, "namespace")),
    name: requireText(metadata, "name"),
    labels: interner.labels(objectAt(metadata, "labels")),
    type: interner.text(textAt(spec, "type")),
    clusterIps: ips,
    isHeadless: ips.includes("None"),
    selector: interner.labels(objectAt(spec, "selector")),
    trafficDistribution: textOrNull(spec, "trafficDistribution"),
    internalTrafficPolicy: textOrNull(spec, "internalTrafficPolicy"),
    externalTrafficPolicy: textOrNull(spec, "externalTrafficPolicy"),
    topologyModeAnnotation:
      textOrNull(annotations, "service.kubernetes.io/topology-mode") ??
      textOrNull(annotations, "service.kubernetes.io/topology-aware-hints"),
    sessionAffinity: textOrNull(spec, "sessionAffinity"),
  };
}

export function projectEndpointSlice(raw: unknown, interner: Interner): EndpointSliceFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const labels = objectAt(metadata, "labels");
  return {
    namespace: interner.text(requireText(metadata, "namespace")),
    name: requireText(metadata, "name"),
    serviceName: textOrNull(labels, "kubernetes.io/service-name"),
    managedBy: interner.textOrNull(textOrNull(labels, "endpointslice.kubernetes.io/managed-by")),
    addressType: interner.text(textAt(item, "addressType")),
    endpoints: objectsAt(item, "endpoints").map((endpoint) => projectEndpoint(endpoint, interner)),
  };
}

function projectEndpoint(endpoint: JsonObject, interner: Interner): EndpointFacts {
  const conditions = objectAt(endpoint, "conditions");
  const hints = objectAt(endpoint, "hints");
  const target = objectOrNull(endpoint, "targetRef");
  // The API reads an absent `ready` or `serving` as true ("unknown counts as ready"), an absent `terminating` as false.
  const isReady = conditions.ready !== false;
  return {
    addresses: textsAt(endpoint, "addresses"),
    isReady,
    isServing: typeof conditions.serving === "boolean" ? conditions.serving : isReady,
    isTerminating: conditions.terminating === true,
    nodeName: interner.textOrNull(textOrNull(endpoint, "nodeName")),
    zone: interner.textOrNull(textOrNull(endpoint, "zone")),
    hintZones: projectHints(hints, "forZones", interner),
    hintNodes: projectHints(hints, "forNodes", interner),
    podName: target !== null && target.kind === "Pod" ? textOrNull(target, "name") : null,
  };
}

function projectHints(hints: JsonObject, key: string, interner: Interner): readonly string[] | null {
  return Array.isArray(hints[key]) ? interner.share(objectsAt(hints, key).map((hint) => textAt(hint, "name"))) : null;
}
