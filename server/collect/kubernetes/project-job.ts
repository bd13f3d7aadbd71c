import type { CronJobFacts, JobFacts, JobSpecFacts } from "../../domain/snapshot.ts";
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
  requireObject,
  requireText,
  textAt,
  textOrNull,
} from "./parse-json.ts";
import { controllerOf, metadataOf } from "./project-meta.ts";
import { projectPodTemplate } from "./project-pod-template.ts";

export function projectJob(raw: unknown, interner: Interner): JobFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const status = objectAt(item, "status");
  const namespace = interner.text(requireText(metadata, "namespace"));
  const owner = controllerOf(metadata, namespace, interner);
  return {
    namespace,
    name: requireText(metadata, "name"),
    uid: textAt(metadata, "uid"),
    labels: interner.labels(objectAt(metadata, "labels")),
    ownerCronJob: owner?.kind === "CronJob" ? owner.name : null,
    createdAt: interner.moment(metadata.creationTimestamp),
    startedAt: interner.moment(status.startTime),
    completedAt: interner.moment(status.completionTime),
    spec: projectJobSpec(objectAt(item, "spec"), interner),
    // The API leaves these out when they are 0.
    activeCount: numberOrNull(status, "active") ?? 0,
    succeededCount: numberOrNull(status, "succeeded") ?? 0,
    failedCount: numberOrNull(status, "failed") ?? 0,
    terminatingCount: numberOrNull(status, "terminating"),
    failedIndexes: textOrNull(status, "failedIndexes"),
    conditions: objectsAt(status, "conditions").map((condition) => ({
      type: textAt(condition, "type"),
      status: textAt(condition, "status"),
      reason: textAt(condition, "reason"),
      at: interner.moment(condition.lastTransitionTime),
    })),
  };
}

export function projectCronJob(raw: unknown, interner: Interner): CronJobFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const spec = objectAt(item, "spec");
  return {
    namespace: interner.text(requireText(metadata, "namespace")),
    name: requireText(metadata, "name"),
    uid: textAt(metadata, "uid"),
    labels: interner.labels(objectAt(metadata, "labels")),
    schedule: textAt(spec, "schedule"),
    isSuspended: isTrue(spec, "suspend"),
    jobSpec: projectJobSpec(objectAt(objectAt(spec, "jobTemplate"), "spec"), interner),
  };
}

function projectJobSpec(spec: JsonObject, interner: Interner): JobSpecFacts {
  const policy = objectOrNull(spec, "podFailurePolicy");
  const success = objectOrNull(spec, "successPolicy");
  const template = objectAt(spec, "template");
  return {
    parallelism: numberOrNull(spec, "parallelism"),
    completions: numberOrNull(spec, "completions"),
    completionMode: textOrNull(spec, "completionMode") ?? "NonIndexed", // the API's default
    backoffLimit: numberOrNull(spec, "backoffLimit"),
    backoffLimitPerIndex: numberOrNull(spec, "backoffLimitPerIndex"),
    maxFailedIndexes: numberOrNull(spec, "maxFailedIndexes"),
    podReplacementPolicy: textOrNull(spec, "podReplacementPolicy"),
    podFailurePolicyRules: policy === null ? null : objectsAt(policy, "rules").map(projectFailureRule),
    successPolicyRuleCount: success === null ? null : listAt(success, "rules").length,
    managedBy: textOrNull(spec, "managedBy"),
    isSuspended: isTrue(spec, "suspend"),
    template: projectPodTemplate(objectAt(template, "metadata"), objectAt(template, "spec"), interner),
  };
}

function projectFailureRule(rule: JsonObject): NonNullable<JobSpecFacts["podFailurePolicyRules"]>[number] {
  const onExitCodes = objectAt(rule, "onExitCodes");
  return {
    action: textAt(rule, "action"),
    exitCodes: listAt(onExitCodes, "values").filter((code): code is number => typeof code === "number"),
    operator: textOrNull(onExitCodes, "operator"),
    onPodConditions: listAt(rule, "onPodConditions")
      .filter(isObject)
      .map((condition) => textAt(condition, "type")),
  };
}
