import { type RecordedObject, recordedJson } from "./recorded-cluster.ts";

/** Continue tokens look like the recorded ones: base64 of a JSON that names the list and where it stopped. */
export function makeContinue(index: number, path: string): string {
  return Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: 3073, start: `${path}#${index}` })).toString(
    "base64url",
  );
}
export function parseContinue(token: string | null, path: string): number | null {
  if (token === null) return 0;
  try {
    const { start } = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as { start?: string };
    const [at, index] = (start ?? "").split("#");
    return at === path && /^\d+$/.test(index ?? "") ? Number(index) : null;
  } catch {
    return null;
  }
}

/** `type=Warning`, `type!=Warning,reason=X`: the selectors on events that the collector uses. */
export function selectFields(items: readonly RecordedObject[], selector: string | null): readonly RecordedObject[] {
  if (selector === null || selector === "") return items;
  const terms = selector.split(",").map((term) => {
    const [, field = "", operator, value = ""] = /^([^!=]+)(!=|=)(.*)$/.exec(term) ?? [];
    return { field, isEqual: operator === "=", value };
  });
  return items.filter((item) => terms.every(({ field, isEqual, value }) => (item[field] === value) === isEqual));
}

export function discovered(group: string, version: string): readonly RecordedObject[] | null {
  const document = recordedJson(group === "" ? "api-aggregated.json" : "apis-aggregated.json");
  const item = (document.items as RecordedObject[]).find(
    (entry) => ((entry.metadata as RecordedObject).name ?? "") === group,
  ); // recorded arrays of objects
  const served = (item?.versions as RecordedObject[] | undefined)?.find((entry) => entry.version === version);
  return served === undefined ? null : (served.resources as RecordedObject[]);
}

/** Served by the recorded cluster and not recorded: an empty list of the right kind. */
export function emptyList(path: string): RecordedObject | null {
  const match = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/([^/]+)$/.exec(path);
  if (match === null) return null;
  const resource = discovered(match[1] ?? "", match[2] ?? "")?.find((entry) => entry.resource === match[3]);
  if (resource === undefined || !(resource.verbs as string[]).includes("list")) return null;
  const kind = String((resource.responseKind as RecordedObject).kind);
  const apiVersion = match[1] === undefined ? match[2] : `${match[1]}/${match[2]}`;
  return { kind: `${kind}List`, apiVersion, metadata: { resourceVersion: "3033" }, items: [] };
}

export function legacyResources(group: string, version: string): string | null {
  const resources = discovered(group, version);
  if (resources === null) return null;
  const listed = resources.flatMap((entry) => {
    const base = {
      kind: (entry.responseKind as RecordedObject).kind,
      namespaced: entry.scope === "Namespaced",
      verbs: entry.verbs,
    };
    const subresources = (entry.subresources as RecordedObject[] | undefined) ?? [];
    return [
      { ...base, name: entry.resource },
      ...subresources.map((sub) => ({ ...base, name: `${entry.resource}/${sub.subresource}`, verbs: sub.verbs })),
    ];
  });
  return JSON.stringify({
    kind: "APIResourceList",
    groupVersion: group === "" ? version : `${group}/${version}`,
    resources: listed,
  });
}

export function isServedGroup(path: string): boolean {
  const match = /^\/(?:api|apis\/([^/]+))\/([^/]+)\//.exec(path);
  return match !== null && discovered(match[1] ?? "", match[2] ?? "") !== null;
}
