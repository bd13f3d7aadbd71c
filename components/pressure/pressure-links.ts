import { scopeHref } from "../layout/scope-href.ts";
import { PRESSURE_PARAMS } from "./pressure-params.ts";

type Place = {
  readonly cluster: string;
  readonly level: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
};

const path = (...parts: readonly string[]) => `/pressure/${parts.map(encodeURIComponent).join("/")}`;

/** The page of a thing, with window and filters kept; a cluster or a namespace narrows the ranking instead. */
export function pressureHref(place: Place, search: URLSearchParams): string {
  const { cluster, level, namespace, kind, name } = place;
  switch (level) {
    case "node":
      return scopeHref(path(cluster, "nodes", name), search, PRESSURE_PARAMS);
    case "workload":
      return scopeHref(path(cluster, "workloads", namespace, kind, name), search, PRESSURE_PARAMS);
    case "pod":
    case "container":
      return scopeHref(path(cluster, "pods", namespace, name), search, PRESSURE_PARAMS);
    default: {
      const next = new URLSearchParams(search);
      next.set("cluster", cluster);
      next.set("level", level === "cluster" ? "node" : "workload");
      return `/pressure?${next}${level === "namespace" ? `&hot.q=${encodeURIComponent(name)}` : ""}`;
    }
  }
}
