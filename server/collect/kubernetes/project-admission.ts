import type {
  ApiServiceFacts,
  MutatingAdmissionPolicyBindingFacts,
  MutatingAdmissionPolicyFacts,
  MutatingWebhookFacts,
} from "../../domain/snapshot.ts";
import {
  listAt,
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
import { metadataOf } from "./project-meta.ts";

export function projectMutatingAdmissionPolicy(raw: unknown): MutatingAdmissionPolicyFacts {
  const item = requireObject(raw);
  const spec = objectAt(item, "spec");
  return {
    name: requireText(metadataOf(item), "name"),
    failurePolicy: textOrNull(spec, "failurePolicy"),
    reinvocationPolicy: textOrNull(spec, "reinvocationPolicy"),
    mutationCount: listAt(spec, "mutations").length,
    paramKind: textOrNull(objectAt(spec, "paramKind"), "kind"),
  };
}

export function projectMutatingAdmissionPolicyBinding(raw: unknown): MutatingAdmissionPolicyBindingFacts {
  const item = requireObject(raw);
  const spec = objectAt(item, "spec");
  return {
    name: requireText(metadataOf(item), "name"),
    policyName: textAt(spec, "policyName"),
    paramName: textOrNull(objectAt(spec, "paramRef"), "name"),
  };
}

/** One configuration holds several webhooks; each is a fact of its own. CA bundles and URLs are not kept. */
export function projectMutatingWebhooks(raw: unknown): readonly MutatingWebhookFacts[] {
  const item = requireObject(raw);
  const configuration = requireText(metadataOf(item), "name");
  return objectsAt(item, "webhooks").map((webhook) => {
    const service = objectOrNull(objectAt(webhook, "clientConfig"), "service");
    return {
      configuration,
      name: textAt(webhook, "name"),
      failurePolicy: textOrNull(webhook, "failurePolicy"),
      timeoutSeconds: numberOrNull(webhook, "timeoutSeconds"),
      service:
        service === null
          ? null
          : { kind: "Service", namespace: textAt(service, "namespace"), name: textAt(service, "name") },
      rules: objectsAt(webhook, "rules").map((rule) => ({
        apiGroups: textsAt(rule, "apiGroups"),
        resources: textsAt(rule, "resources"),
        operations: textsAt(rule, "operations"),
      })),
    };
  });
}

export function projectApiService(raw: unknown): ApiServiceFacts {
  const item = requireObject(raw);
  const available = objectsAt(objectAt(item, "status"), "conditions").find(
    (condition) => condition.type === "Available",
  );
  return {
    name: requireText(metadataOf(item), "name"),
    isAvailable: available === undefined || available.status === "Unknown" ? null : available.status === "True",
    isLocal: objectOrNull(objectAt(item, "spec"), "service") === null,
    reason: available === undefined ? null : textOrNull(available, "reason"),
  };
}
