import type { SourceRecord } from "../../domain/coverage.ts";
import type { GpuDeviceSample } from "../../domain/gpu/device-sample.ts";
import type { EntitySample } from "../../domain/metrics.ts";
import type { FlowReading } from "../../domain/network/flow-sample.ts";
import type {
  ComponentReading,
  ControlPlaneSample,
  DeprecatedApiUseFacts,
  KubeletFacts,
} from "../../domain/snapshot.ts";
import { CATALOGUE } from "./catalogue.ts";
import { gateCountQuery, gateInstanceQuery } from "./catalogue-control-plane.ts";
import { CADENCE_SECONDS, type CatalogueQuery } from "./catalogue-types.ts";
import type { PrometheusClient } from "./client.ts";
import { type MetricCut, SampleTable } from "./entity-samples.ts";
import {
  type OpencostNodePrice,
  type OpencostVolumePrice,
  toControlPlaneSamples,
  toDeprecatedApiUse,
  toKubeletFacts,
  toNodePrices,
  toVolumePrices,
} from "./facts-from-rows.ts";
import { type PrometheusFlowAdapter, toFlowReading } from "./flows.ts";
import { toComponentReadings, toGateCounts } from "./gates.ts";
import { toGpuDevices } from "./gpu-devices.ts";
import { type NodeIdentity, type PodOwnerOf, toNodeResolver } from "./labels.ts";
import type { MetricsCache } from "./metrics-cache.ts";
import { isThere, type Presence, presenceQueries, shapeQuery, toPresence, toSeriesByName } from "./presence.ts";
import type { QueryBudget } from "./query-budget.ts";
import { type QueryRows, QueryRun } from "./query-run.ts";

export type MetricsContext = {
  readonly nodes: readonly NodeIdentity[];
  readonly podOwner: PodOwnerOf;
  /** Pod behind its own address; needed by flow sources that only write addresses. */
  readonly podByIp: (address: string) => { readonly namespace: string; readonly pod: string } | null;
  readonly cache: MetricsCache;
  readonly now: Date;
  readonly budget: QueryBudget;
};

export type MetricsCollection = {
  readonly samples: readonly EntitySample[];
  readonly cuts: readonly MetricCut[];
  /** Empty = no GPU series; the source records say whether that was asked. */
  readonly gpu: readonly GpuDeviceSample[];
  readonly flows: FlowReading | null;
  readonly prices: readonly OpencostNodePrice[];
  readonly volumePrices: readonly OpencostVolumePrice[];
  readonly components: readonly ComponentReading[];
  /** Only what metrics tell: other fields are null. Empty when not asked in this read. */
  readonly kubelets: readonly KubeletFacts[];
  readonly controlPlane: readonly ControlPlaneSample[];
  /** `null` = not asked in this read, or the API server's metrics are not in this Prometheus. */
  readonly deprecatedApiUse: readonly DeprecatedApiUseFacts[] | null;
  readonly presence: Presence | null;
  readonly sources: readonly SourceRecord[];
};

const PRESENCE_SECONDS = 3600;

/**
 * One metrics read: the presence probe when the last is an hour old, then every catalogue query that is due, within the
 * budget of the read. A query that fails or does not fit becomes a source record with its reason; the others stand.
 */
export async function collectMetrics(
  client: PrometheusClient,
  context: MetricsContext,
  signal: AbortSignal | undefined,
): Promise<MetricsCollection> {
  const run = new QueryRun(client, context.budget, Math.floor(context.now.getTime() / 1000), signal);
  const presence = await readPresence(run, context);
  if (presence === null) return emptyCollection(run.records);
  const due = CATALOGUE.filter((query) => isDue(query, context) && isFlowChosen(query, presence));
  const gatesDue = due.includes(gateCountQuery);
  const planned = due.filter((query) => query !== gateInstanceQuery);
  const answers = new Map<string, QueryRows>();
  // In order, so that a tight budget goes to what matters first; the client lets four through at once.
  await Promise.all(
    planned.map(async (query) => {
      const rows = await run.ask(query, presence, context.nodes.length);
      if (rows === null) return;
      answers.set(query.id, rows);
      context.cache.askedAt.set(query.id, context.now);
    }),
  );
  return assemble(run, context, presence, answers, gatesDue);
}

async function assemble(
  run: QueryRun,
  context: MetricsContext,
  presence: Presence,
  answers: ReadonlyMap<string, QueryRows>,
  gatesDue: boolean,
): Promise<MetricsCollection> {
  const { cache, now, podOwner } = context;
  const resolveNode = toNodeResolver(context.nodes, podOwner);
  const rowsOf = (query: string): QueryRows["byPart"] => answers.get(query)?.byPart ?? new Map();

  const kubelets = toKubeletFacts(rowsOf("kubelets"), resolveNode, now);
  for (const { nodeName, cgroupVersion } of kubelets) {
    if (cgroupVersion !== null) cache.cgroupVersion.set(nodeName, cgroupVersion);
  }
  const table = new SampleTable({
    resolveNode,
    podOwner,
    hasPressure: (node) => {
      const version = cache.cgroupVersion.get(node);
      return version === undefined ? null : version === 2;
    },
  });
  for (const query of CATALOGUE) {
    const answer = answers.get(query.id);
    if (answer === undefined) continue;
    for (const part of query.parts) {
      const rows = answer.byPart.get(part.id);
      if (rows === undefined || part.metric === null) continue;
      const cutAt = answer.cutAt.get(part.id) ?? null;
      if (query.level === "node") table.addNodeRows(part.metric, part.id.endsWith(".cadvisorRoot"), rows);
      else if (query.level === "pod") table.addPodRows(part.metric, rows, cutAt);
      else if (query.level === "container") table.addContainerRows(part.metric, rows, cutAt);
    }
  }
  const { samples, cuts } = table.finish();
  run.noteSkippedRows("nodes", table.unplacedCount);

  const gpu = toGpuDevices(rowsOf("gpuDevices"), resolveNode, podOwner);
  run.noteSkippedRows("gpuDevices", gpu.skippedCount);

  const zones = new Map(context.nodes.map((node) => [node.name, node.zone ?? null]));
  const flowQuery = CATALOGUE.find((query) => query.level === "flow" && answers.has(query.id));
  const adapter = flowQuery === undefined ? null : adapterOf(flowQuery);
  const flows =
    flowQuery === undefined || adapter === null
      ? null
      : toFlowReading(adapter, rowsOf(flowQuery.id), {
          resolveNode,
          podOwner,
          zoneOfNode: (node) => zones.get(node) ?? null,
          podByIp: context.podByIp,
        });

  let components: readonly ComponentReading[] = [];
  if (gatesDue && answers.has(gateCountQuery.id)) {
    const counts = toGateCounts(rowsOf(gateCountQuery.id));
    if (counts.namesToAsk.length > 0) {
      const names = counts.namesToAsk.join("|");
      const rows = await run.ask(gateInstanceQuery, presence, context.nodes.length, { names });
      if (rows !== null) {
        const read = toComponentReadings(counts, rows.byPart, resolveNode, now);
        components = read.components;
        run.noteSkippedRows(gateInstanceQuery.id, read.unexplainedCount);
        cache.askedAt.set(gateInstanceQuery.id, now);
      } else cache.askedAt.delete(gateCountQuery.id); // half an answer: ask both again
    }
  }
  const controlPlaneRows = answers.get("controlPlane")?.byPart;
  return {
    samples,
    cuts,
    gpu: gpu.devices,
    flows,
    prices: toNodePrices(rowsOf("opencostPrices"), resolveNode),
    volumePrices: toVolumePrices(rowsOf("opencostPrices")),
    components,
    kubelets,
    controlPlane: controlPlaneRows === undefined ? [] : toControlPlaneSamples(controlPlaneRows),
    deprecatedApiUse: readDeprecated(controlPlaneRows, presence),
    presence,
    sources: run.records,
  };
}

/** No series is a fact when the API server's other metrics are there: nobody asked for a deprecated API. */
function readDeprecated(
  rows: QueryRows["byPart"] | undefined,
  presence: Presence,
): readonly DeprecatedApiUseFacts[] | null {
  if (isThere(presence, "apiserver_requested_deprecated_apis"))
    return rows === undefined ? null : toDeprecatedApiUse(rows);
  return isThere(presence, "apiserver_request_total") ? [] : null;
}

/** From the cache while it is fresh; a failed probe keeps the old one and says so. */
async function readPresence(run: QueryRun, context: MetricsContext): Promise<Presence | null> {
  const { cache, now } = context;
  const cached = cache.presence;
  if (cached !== null && now.getTime() - cached.readAt.getTime() < PRESENCE_SECONDS * 1000) return cached.value;
  const names = await run.askPlain("presence", presenceQueries(context.nodes.length));
  if (names === null) return cached?.value ?? null;
  const byName = toSeriesByName(names);
  const shape = shapeQuery(byName);
  const rows = shape === null ? [] : await run.askPlain("shape", [shape]);
  if (rows === null) return cached?.value ?? null;
  const presence = toPresence(byName, rows);
  cache.presence = { value: presence, readAt: now };
  return presence;
}

function isDue(query: CatalogueQuery, { cache, now }: MetricsContext): boolean {
  const askedAt = cache.askedAt.get(query.id);
  // Half a minute of slack: a read that starts a little early must not push the query to the next one.
  return askedAt === undefined || now.getTime() - askedAt.getTime() >= (CADENCE_SECONDS[query.cadence] - 30) * 1000;
}

/** One flow source per cluster: the first of the list with series. */
function isFlowChosen(query: CatalogueQuery, presence: Presence): boolean {
  if (query.level !== "flow") return true;
  const hasSeries = (candidate: CatalogueQuery): boolean =>
    candidate.parts.some(
      (part) =>
        part.id !== "samplingRate" && part.variants.some(({ needs }) => needs.every((need) => isThere(presence, need))),
    );
  return CATALOGUE.find((candidate) => candidate.level === "flow" && hasSeries(candidate)) === query;
}

function adapterOf(query: CatalogueQuery): PrometheusFlowAdapter | null {
  const name = query.id.replace(/^flows\./, "");
  switch (name) {
    case "obi":
    case "beyla":
    case "netobserv":
    case "coroot":
    case "network-costs":
      return name;
    default:
      return null;
  }
}

function emptyCollection(sources: readonly SourceRecord[]): MetricsCollection {
  return {
    samples: [],
    cuts: [],
    gpu: [],
    flows: null,
    prices: [],
    volumePrices: [],
    components: [],
    kubelets: [],
    controlPlane: [],
    deprecatedApiUse: null,
    presence: null,
    sources,
  };
}
