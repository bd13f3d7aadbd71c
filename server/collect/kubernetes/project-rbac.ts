import type {
  NamespaceFacts,
  PolicyRuleFacts,
  RoleBindingFacts,
  RoleFacts,
  ServiceAccountFacts,
} from "../../domain/snapshot.ts";
import type { Interner } from "./interner.ts";
import {
  listAt,
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

export function projectNamespace(raw: unknown, interner: Interner): NamespaceFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  return {
    name: interner.text(requireText(metadata, "name")),
    labels: interner.labels(objectAt(metadata, "labels")),
    phase: interner.text(textAt(objectAt(item, "status"), "phase")),
  };
}

export function projectServiceAccount(raw: unknown, interner: Interner): ServiceAccountFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  return {
    namespace: interner.text(requireText(metadata, "namespace")),
    name: interner.text(requireText(metadata, "name")),
    imagePullSecretCount: listAt(item, "imagePullSecrets").length,
  };
}

/** Role or ClusterRole: the second has no namespace. */
export function projectRole(raw: unknown, interner: Interner): RoleFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  return {
    namespace: interner.textOrNull(textOrNull(metadata, "namespace")),
    name: requireText(metadata, "name"),
    rules: objectsAt(item, "rules").map(
      (rule): PolicyRuleFacts =>
        interner.share({
          apiGroups: textsAt(rule, "apiGroups"),
          resources: textsAt(rule, "resources"),
          resourceNames: textsAt(rule, "resourceNames"),
          nonResourceURLs: textsAt(rule, "nonResourceURLs"),
          verbs: textsAt(rule, "verbs"),
        }),
    ),
    isAggregated: objectOrNull(item, "aggregationRule") !== null,
  };
}

export function projectRoleBinding(raw: unknown, interner: Interner): RoleBindingFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const role = objectAt(item, "roleRef");
  return {
    namespace: interner.textOrNull(textOrNull(metadata, "namespace")),
    name: requireText(metadata, "name"),
    roleKind: interner.text(textAt(role, "kind")),
    roleName: textAt(role, "name"),
    subjects: objectsAt(item, "subjects").map((subject) =>
      interner.share({
        kind: textAt(subject, "kind"),
        name: textAt(subject, "name"),
        namespace: textOrNull(subject, "namespace"),
      }),
    ),
  };
}
