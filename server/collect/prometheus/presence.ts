import { CATALOGUE } from "./catalogue.ts";
import type { CatalogueQuery, Family } from "./catalogue-types.ts";
import type { SeriesCounts } from "./estimate.ts";
import type { InstantSample } from "./parse-answer.ts";
import { escapeRegex, listSelectors } from "./selector.ts";

/** What a Prometheus holds of the things that the catalogue asks for. Cached for an hour by the caller. */
export type Presence = {
  readonly counts: SeriesCounts;
  /** Seconds between scrapes of each kind of target; a family that could not be measured is missing. */
  readonly intervalSeconds: ReadonlyMap<Family, number>;
  /** The label that tells kubelet targets apart and its values, for batches of nodes; `null` = cannot be sharded. */
  readonly shards: { readonly label: string; readonly values: readonly string[] } | null;
};

/** Assumed where nothing could be measured: the default of Prometheus itself. */
export const DEFAULT_INTERVAL_SECONDS = 60;
const PROBE_TOGETHER_NODES = 500; // below this one probe reads well under a million series

/** A cheap series of each kind of target: one per target where possible. The first that is there is measured. */
const CLOCKS: Readonly<Record<Family, readonly string[]>> = {
  kubelet: ["machine_cpu_cores", "kubelet_node_name", "node_memory_working_set_bytes"],
  nodeExporter: ["node_memory_MemTotal_bytes", "node_pressure_cpu_waiting_seconds_total"],
  kubeStateMetrics: ["kube_node_info", "kube_pod_container_status_restarts_total"],
  gpu: [
    "DCGM_FI_DEV_FB_USED",
    "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
    "DCGM_FI_DEV_GPU_UTIL",
    "gpu_gfx_activity",
    "amd_gpu_gfx_activity",
  ],
  flows: [
    "obi_network_flow_bytes_total",
    "beyla_network_flow_bytes_total",
    "netobserv_workload_ingress_bytes_total",
    "container_net_tcp_bytes_sent_total",
    "kubecost_pod_network_egress_bytes_total",
  ],
  controlPlane: ["kubernetes_build_info", "apiserver_storage_objects"],
  prices: ["node_total_hourly_cost"],
};
export const FAMILIES = Object.keys(CLOCKS) as readonly Family[];

/** Names to look for: every metric that the catalogue reads or needs, and the clocks. */
export function namesToProbe(catalogue: readonly CatalogueQuery[] = CATALOGUE): readonly string[] {
  const names = new Set<string>(Object.values(CLOCKS).flat());
  for (const part of catalogue.flatMap((query) => query.parts)) {
    for (const variant of part.variants) {
      for (const need of variant.needs) if (!need.startsWith("rows:")) names.add(need);
      for (const { name } of listSelectors(withPlainPlaceholders(variant.expr))) {
        if (name !== null && !name.endsWith("_bucket")) names.add(name);
      }
    }
  }
  for (const kind of ["memory", "io"]) names.add(`container_pressure_${kind}_waiting_seconds_total`);
  return [...names].sort();
}

/** Any window and limit, to read the shape of an expression. */
export function withPlainPlaceholders(expr: string): string {
  return expr.replaceAll("$window", "5m").replaceAll("$top", "10").replaceAll("$names", "x");
}

/**
 * Which of the names have series, and how many. Together for small clusters; in four queries for large ones, where the
 * container families alone are some millions of series.
 */
export function presenceQueries(nodeCount: number, names: readonly string[] = namesToProbe()): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const group = nodeCount < PROBE_TOGETHER_NODES ? "all" : probeGroup(name);
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [...groups.values()].map((group) => `count by (__name__) ({__name__=~"${group.map(escapeRegex).join("|")}"})`);
}

function probeGroup(name: string): string {
  if (name.startsWith("container_pressure_")) return "pressure";
  if (name.startsWith("container_")) return "containers";
  return name.startsWith("node_") ? "nodes" : "others";
}

export function toSeriesByName(samples: readonly InstantSample[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { labels, value } of samples) {
    const name = labels.__name__;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + value);
  }
  return counts;
}

/** One query for the shape: scrape intervals, kinds of cAdvisor rows, and the kubelet targets. */
export function shapeQuery(byName: ReadonlyMap<string, number>): string | null {
  const parts: (readonly [string, string])[] = [];
  for (const family of FAMILIES) {
    const clock = CLOCKS[family].find((name) => (byName.get(name) ?? 0) > 0);
    if (clock === undefined) continue;
    // The slower tenth decides, so that mixed intervals get windows that suit the slow ones.
    parts.push([`ten.${family}`, `quantile(0.1, count_over_time(${clock}[10m]))`]);
    parts.push([`two.${family}`, `quantile(0.1, count_over_time(${clock}[2m]))`]);
  }
  const rows = "container_memory_working_set_bytes";
  if ((byName.get(rows) ?? 0) > 0) {
    parts.push(["rows:root", `count(${rows}{id="/"})`]);
    parts.push(["rows:pod", `count(${rows}{pod!="",container=""})`]);
    parts.push(["rows:container", `count(${rows}{pod!="",container!="",container!="POD"})`]);
  }
  if ((byName.get("machine_cpu_cores") ?? 0) > 0) {
    parts.push(["targets", "count by (node, kubernetes_io_hostname, instance) (machine_cpu_cores)"]);
  }
  return parts.length === 0 ? null : joinParts(parts);
}

export function joinParts(parts: readonly (readonly [string, string])[]): string {
  return parts.map(([id, expr]) => `label_replace(${expr}, "sluice_part", "${id}", "", "")`).join(" or ");
}

/** The shape probe's answer → counts, intervals and shards. */
export function toPresence(byName: ReadonlyMap<string, number>, shape: readonly InstantSample[]): Presence {
  const scalars = new Map<string, number>();
  const targets: InstantSample["labels"][] = [];
  for (const { labels, value } of shape) {
    const part = labels.sluice_part ?? "";
    if (part === "targets") targets.push(labels);
    else scalars.set(part, value);
  }
  const isMeasured = (byName.get("container_memory_working_set_bytes") ?? 0) > 0 && shape.length > 0;
  const rows = (mark: string): number | null => (isMeasured ? (scalars.get(mark) ?? 0) : null);
  const intervalSeconds = new Map<Family, number>();
  for (const family of FAMILIES) {
    const interval = intervalFrom(scalars.get(`ten.${family}`), scalars.get(`two.${family}`));
    if (interval !== null) intervalSeconds.set(family, interval);
  }
  return {
    counts: { byName, rootRows: rows("rows:root"), podRows: rows("rows:pod"), containerRows: rows("rows:container") },
    intervalSeconds,
    shards: shardsOf(targets),
  };
}

/**
 * Seconds between scrapes from how many samples two windows hold. The short window tells the truth for targets that are
 * younger than the long one, the long one for intervals that the short one cannot resolve.
 */
export function intervalFrom(inTenMinutes: number | undefined, inTwoMinutes: number | undefined): number | null {
  const candidates: number[] = [];
  if (inTenMinutes !== undefined && inTenMinutes >= 1) candidates.push(600 / inTenMinutes);
  if (inTwoMinutes !== undefined && inTwoMinutes >= 2) candidates.push(120 / inTwoMinutes);
  return candidates.length === 0 ? null : Math.min(...candidates);
}

function shardsOf(targets: readonly InstantSample["labels"][]): Presence["shards"] {
  for (const label of ["node", "kubernetes_io_hostname", "instance"]) {
    const values = new Set(targets.map((labels) => labels[label] ?? ""));
    if (!values.has("") && values.size > 1) return { label, values: [...values].sort() };
  }
  return null;
}

/** Marks and names that `needs` may ask for. */
export function isThere(presence: Presence, need: string): boolean {
  if (need === "rows:root") return (presence.counts.rootRows ?? 0) > 0;
  if (need === "rows:pod") return (presence.counts.podRows ?? 0) > 0;
  return (presence.counts.byName.get(need) ?? 0) > 0;
}
