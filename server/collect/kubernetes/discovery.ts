import type { ApiResourceFacts } from "../../domain/snapshot.ts";
import { pathOfList, type ResourceCall, rbacOfPath } from "./api-calls.ts";
import type { HttpSource } from "./http-source.ts";
import { mapBounded } from "./map-bounded.ts";
import { isObject, type JsonObject, objectAt, objectsAt, textAt, textsAt } from "./parse-json.ts";
import { malformed, SourceError } from "./source-error.ts";

const AGGREGATED = ["v2", "v2beta1"]
  .map((version) => `application/json;v=${version};g=apidiscovery.k8s.io;as=APIGroupDiscoveryList`)
  .concat("application/json")
  .join(",");
const LEGACY_AT_ONCE = 4;
const ROOT_TIMEOUT_SECONDS = 15;

export type Discovery = {
  readonly resources: readonly ApiResourceFacts[];
  /** Groups that are registered but did not answer ("metrics.k8s.io/v1beta1"). They spoil nothing else. */
  readonly staleGroups: readonly string[];
  readonly receivedBytes: number;
  readonly requestCount: number;
};

/**
 * What the API server serves. Two requests where it speaks aggregated discovery (v2, or v2beta1), else one per group and
 * version. Errors: SourceError when neither `/api` nor `/apis` could be read.
 */
export async function discoverApis(source: HttpSource, signal: AbortSignal | undefined): Promise<Discovery> {
  const [core, groups] = await Promise.all([
    discoverRoot(source, "/api", signal),
    discoverRoot(source, "/apis", signal),
  ]);
  return {
    resources: [...core.resources, ...groups.resources],
    staleGroups: [...core.staleGroups, ...groups.staleGroups],
    receivedBytes: core.receivedBytes + groups.receivedBytes,
    requestCount: core.requestCount + groups.requestCount,
  };
}

async function discoverRoot(
  source: HttpSource,
  path: "/api" | "/apis",
  signal: AbortSignal | undefined,
): Promise<Discovery> {
  const answer = await source.readJson(path, {
    accept: AGGREGATED,
    timeoutSeconds: ROOT_TIMEOUT_SECONDS,
    rbac: rbacOfPath(path),
    ...(signal === undefined ? {} : { signal }),
  });
  const body = answer.body;
  if (!isObject(body)) throw malformed("discovery is not an object");
  if (body.kind === "APIGroupDiscoveryList") {
    return { ...parseAggregated(body), receivedBytes: answer.receivedBytes, requestCount: 1 };
  }
  if (body.kind !== "APIVersions" && body.kind !== "APIGroupList") throw malformed("discovery is of an unknown kind");
  const legacy = await discoverLegacy(source, body, signal);
  return {
    ...legacy,
    receivedBytes: legacy.receivedBytes + answer.receivedBytes,
    requestCount: legacy.requestCount + 1,
  };
}

export function parseAggregated(body: JsonObject): Pick<Discovery, "resources" | "staleGroups"> {
  const resources: ApiResourceFacts[] = [];
  const staleGroups: string[] = [];
  for (const item of objectsAt(body, "items")) {
    const group = textAt(objectAt(item, "metadata"), "name");
    for (const served of objectsAt(item, "versions")) {
      const version = textAt(served, "version");
      if (served.freshness === "Stale") staleGroups.push(`${group}/${version}`);
      for (const resource of objectsAt(served, "resources")) {
        resources.push({
          group,
          version,
          resource: textAt(resource, "resource"),
          kind: textAt(objectAt(resource, "responseKind"), "kind"),
          namespaced: resource.scope === "Namespaced",
          verbs: textsAt(resource, "verbs"),
          subresources: objectsAt(resource, "subresources").map((entry) => textAt(entry, "subresource")),
        });
      }
    }
  }
  return { resources, staleGroups };
}

async function discoverLegacy(
  source: HttpSource,
  root: JsonObject,
  signal: AbortSignal | undefined,
): Promise<Discovery> {
  const versions =
    root.kind === "APIVersions"
      ? textsAt(root, "versions").map((version) => ({ group: "", version }))
      : objectsAt(root, "groups").flatMap((group) =>
          objectsAt(group, "versions").map((version) => ({
            group: textAt(group, "name"),
            version: textAt(version, "version"),
          })),
        );
  const staleGroups: string[] = [];
  let receivedBytes = 0;
  const found = await mapBounded(versions, LEGACY_AT_ONCE, async ({ group, version }) => {
    try {
      const path = pathOfList(group, version, "").replace(/\/$/, "");
      const answer = await source.readJson(path, { retries: 0, ...(signal === undefined ? {} : { signal }) });
      receivedBytes += answer.receivedBytes;
      return isObject(answer.body) ? parseLegacy(group, version, answer.body) : [];
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      staleGroups.push(`${group}/${version}`);
      return [];
    }
  });
  return { resources: found.flat(), staleGroups, receivedBytes, requestCount: versions.length };
}

/** Subresources come as resources of their own, named `pods/resize`. */
function parseLegacy(group: string, version: string, body: JsonObject): ApiResourceFacts[] {
  const entries = objectsAt(body, "resources");
  return entries
    .filter((entry) => !textAt(entry, "name").includes("/"))
    .map((entry) => {
      const resource = textAt(entry, "name");
      const prefix = `${resource}/`;
      return {
        group,
        version,
        resource,
        kind: textAt(entry, "kind"),
        namespaced: entry.namespaced === true,
        verbs: textsAt(entry, "verbs"),
        subresources: entries
          .map((other) => textAt(other, "name"))
          .filter((name) => name.startsWith(prefix))
          .map((name) => name.slice(prefix.length)),
      };
    });
}

/**
 * The versions worth asking for, best first. With a discovery: the best served one, or none. Without: all that the reader
 * understands – the first that is not a 404 is taken.
 */
export function versionsToAsk(call: ResourceCall, resources: readonly ApiResourceFacts[] | null): readonly string[] {
  if (resources === null) return call.versions;
  const best = call.versions.find((version) =>
    resources.some(
      (served) => served.group === call.group && served.version === version && served.resource === call.resource,
    ),
  );
  return best === undefined ? [] : [best];
}
