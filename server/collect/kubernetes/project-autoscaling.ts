import type { HorizontalPodAutoscalerFacts, PodDisruptionBudgetFacts } from "../../domain/snapshot.ts";
import type { Interner } from "./interner.ts";
import {
  type JsonObject,
  listAt,
  numberOrNull,
  objectAt,
  objectOrNull,
  objectsAt,
  requireObject,
  requireText,
  textAt,
} from "./parse-json.ts";
import { metadataOf, projectCondition } from "./project-meta.ts";

export function projectHorizontalPodAutoscaler(raw: unknown, interner: Interner): HorizontalPodAutoscalerFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const spec = objectAt(item, "spec");
  const status = objectAt(item, "status");
  const namespace = interner.text(requireText(metadata, "namespace"));
  const target = objectAt(spec, "scaleTargetRef");
  return {
    namespace,
    name: requireText(metadata, "name"),
    target: { kind: textAt(target, "kind"), namespace, name: textAt(target, "name") },
    minReplicas: numberOrNull(spec, "minReplicas"),
    maxReplicas: numberOrNull(spec, "maxReplicas") ?? 0, // required by the API
    currentReplicas: numberOrNull(status, "currentReplicas"),
    metrics: objectsAt(spec, "metrics").map(projectMetric),
    conditions: objectsAt(status, "conditions").map((condition) => projectCondition(condition, interner)),
  };
}

/** `external.metric.name`, `pods.metric.name`, `object.metric.name`, `resource.name`, `containerResource.name`. */
function projectMetric(metric: JsonObject): HorizontalPodAutoscalerFacts["metrics"][number] {
  const type = textAt(metric, "type");
  const source = objectAt(metric, type.slice(0, 1).toLowerCase() + type.slice(1));
  const named = objectOrNull(source, "metric") ?? source;
  return { type, name: textAt(named, "name") };
}

export function projectPodDisruptionBudget(raw: unknown, interner: Interner): PodDisruptionBudgetFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const spec = objectAt(item, "spec");
  const status = objectAt(item, "status");
  const selector = objectOrNull(spec, "selector");
  return {
    namespace: interner.text(requireText(metadata, "namespace")),
    name: requireText(metadata, "name"),
    // Expressions cannot be written as labels: `null` says that the selector is not one of plain labels.
    selector:
      selector === null || listAt(selector, "matchExpressions").length > 0
        ? null
        : interner.labels(objectAt(selector, "matchLabels")),
    minAvailable: numberOrPercent(spec.minAvailable),
    maxUnavailable: numberOrPercent(spec.maxUnavailable),
    disruptionsAllowed: numberOrNull(status, "disruptionsAllowed"),
    expectedPods: numberOrNull(status, "expectedPods"),
    currentHealthy: numberOrNull(status, "currentHealthy"),
  };
}

function numberOrPercent(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
