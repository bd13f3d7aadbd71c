import type { DemoCluster } from "../fleet/types.ts";
import type { JsonObject } from "./object.ts";
import { type DemoResource, groupVersionsOf, minorNumber, resourcesOf } from "./resources.ts";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

function subresourcesOf(cluster: DemoCluster, resource: DemoResource): DemoResource["subresources"] {
  return resource.subresources.filter((one) => minorNumber(one.since) <= minorNumber(cluster.minor));
}

function responseKind(resource: DemoResource): JsonObject {
  return { group: resource.group, version: resource.version, kind: resource.kind };
}

function aggregatedVersion(cluster: DemoCluster, groupVersion: string): JsonObject {
  const resources = resourcesOf(cluster).filter((resource) => joined(resource) === groupVersion);
  return {
    version: groupVersion.split("/").at(-1) ?? "",
    resources: resources.map((resource) => {
      const subresources = subresourcesOf(cluster, resource);
      return {
        resource: resource.resource,
        responseKind: responseKind(resource),
        scope: resource.isNamespaced ? "Namespaced" : "Cluster",
        singularResource: resource.kind.toLowerCase(),
        verbs: VERBS,
        ...(subresources.length === 0
          ? {}
          : {
              subresources: subresources.map((one) => ({
                subresource: one.name,
                responseKind: responseKind(resource),
                verbs: ["get", "patch", "update"],
              })),
            }),
      };
    }),
    freshness: "Current",
  };
}

function joined(resource: DemoResource): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

function groupsOf(cluster: DemoCluster): string[] {
  return [...new Set(resourcesOf(cluster).map((resource) => resource.group))].filter((group) => group !== "");
}

/** `/api` or `/apis` in the aggregated form (v2). */
export function aggregatedDiscovery(cluster: DemoCluster, root: "/api" | "/apis"): JsonObject {
  const items =
    root === "/api"
      ? [{ metadata: {}, versions: [aggregatedVersion(cluster, "v1")] }]
      : groupsOf(cluster).map((group) => ({
          metadata: { name: group },
          versions: groupVersionsOf(cluster)
            .filter((groupVersion) => groupVersion.startsWith(`${group}/`))
            .map((groupVersion) => aggregatedVersion(cluster, groupVersion)),
        }));
  return { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items };
}

/** `/api` or `/apis` as older clients read it. */
export function legacyDiscovery(cluster: DemoCluster, root: "/api" | "/apis", address: string): JsonObject {
  if (root === "/api") {
    return {
      kind: "APIVersions",
      versions: ["v1"],
      serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: address }],
    };
  }
  return {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: groupsOf(cluster).map((group) => {
      const versions = groupVersionsOf(cluster)
        .filter((groupVersion) => groupVersion.startsWith(`${group}/`))
        .map((groupVersion) => ({ groupVersion, version: groupVersion.split("/")[1] ?? "" }));
      return { name: group, versions, preferredVersion: versions[0] ?? {} };
    }),
  };
}

/** `/api/v1` or `/apis/<group>/<version>`; `null` when the version is not served. */
export function resourceList(cluster: DemoCluster, groupVersion: string): JsonObject | null {
  const resources = resourcesOf(cluster).filter((resource) => joined(resource) === groupVersion);
  if (resources.length === 0) return null;
  return {
    kind: "APIResourceList",
    ...(groupVersion.includes("/") ? { apiVersion: "v1" } : {}),
    groupVersion,
    resources: resources.flatMap((resource) => [
      {
        name: resource.resource,
        singularName: resource.kind.toLowerCase(),
        namespaced: resource.isNamespaced,
        kind: resource.kind,
        verbs: VERBS,
      },
      ...subresourcesOf(cluster, resource).map((one) => ({
        name: `${resource.resource}/${one.name}`,
        singularName: "",
        namespaced: resource.isNamespaced,
        kind: resource.kind,
        verbs: ["get", "patch", "update"],
      })),
    ]),
  };
}
