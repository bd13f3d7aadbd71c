import type { ObjectRef } from "../../domain/snapshot.ts";
import type { Interner } from "./interner.ts";
import { isObject, type JsonObject, listAt, objectAt, textAt } from "./parse-json.ts";

export function metadataOf(item: JsonObject): JsonObject {
  return objectAt(item, "metadata");
}

/** The controlling owner as written on the object, or `null`. Owners live in the namespace of what they own. */
export function controllerOf(metadata: JsonObject, namespace: string, interner: Interner): ObjectRef | null {
  for (const reference of listAt(metadata, "ownerReferences")) {
    if (!isObject(reference) || reference.controller !== true) continue;
    return interner.share({
      kind: textAt(reference, "kind"),
      namespace: interner.text(namespace),
      name: textAt(reference, "name"),
    });
  }
  return null;
}

export type ConditionFacts = { readonly type: string; readonly status: string; readonly reason: string };

export function projectCondition(condition: JsonObject, interner: Interner): ConditionFacts {
  return interner.share({
    type: textAt(condition, "type"),
    status: textAt(condition, "status"),
    reason: textAt(condition, "reason"),
  });
}

/** Conditions and events carry free text of any length; a screen shows a sentence. */
const MESSAGE_LIMIT = 500;
export function shortMessage(text: string): string {
  return text.length > MESSAGE_LIMIT ? `${text.slice(0, MESSAGE_LIMIT)}…` : text;
}

export function referenceOf(value: JsonObject): ObjectRef {
  return { kind: textAt(value, "kind"), namespace: textAt(value, "namespace"), name: textAt(value, "name") };
}
