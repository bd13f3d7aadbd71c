import type { PressureQuery, PressureRanking, PressureRow } from "../contract/pressure.ts";
import type { Viewer } from "../contract/viewer.ts";
import { classifyPressure, looksIdleButStalls } from "../domain/pressure/classify.ts";
import { summarize } from "../domain/pressure/series.ts";
import {
  DEFAULT_THRESHOLDS,
  PRESSURE_RESOURCES,
  type PressureResource,
  type PressureThresholds,
  severityOf,
} from "../domain/pressure/thresholds.ts";
import { TOP_CONTAINER_ROWS, TOP_ROWS } from "../domain/pressure/top-rows.ts";
import { getStore } from "../store/client.ts";
import { PRESSURE_METRICS, type RankRow, readPressureCuts, readPressureSources } from "../store/sql/read-pressure.ts";
import type { BucketRow } from "../store/sql/read-pressure-series.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import { computeCoverage } from "./coverage.ts";
import { isoOrNull } from "./figures.ts";
import { pressureEvidence, quantityFigure, shareFigure } from "./pressure-figures.ts";
import { toPressureSource } from "./pressure-sources.ts";
import { readTrends } from "./pressure-steps.ts";
import { planWindow, toSeries, type WindowPlan } from "./pressure-window.ts";
import { rankPressure } from "./rank-pressure.ts";
import { boundFleet } from "./scope.ts";

/**
 * Hot spots of one level by the share of wall time that they stalled in the window, worst first, with their pattern.
 * Reads what is stored, nothing else. Errors: `not-found` for a cluster that the viewer may not see.
 */
export async function listPressure(viewer: Viewer, query: PressureQuery, now = new Date()): Promise<PressureRanking> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, query);
  const plan = planWindow(query.window, now);
  const limits = DEFAULT_THRESHOLDS;
  const { level } = query;
  const range = { from: plan.rankFrom, to: plan.to };
  const [{ rows, counts }, sourceRows, cuts, states] = await Promise.all([
    rankPressure(scope, query, plan, limits),
    readPressureSources(pool, scope, { from: new Date(plan.to.getTime() - 900_000), to: plan.to }),
    level === "pod" || level === "container"
      ? readPressureCuts(pool, scope, { level, ...range, topRows: level === "pod" ? TOP_ROWS : TOP_CONTAINER_ROWS })
      : [],
    readReadStates(pool, scope),
  ]);
  const entities = rows.flatMap(({ clusterId, entityId }) => (entityId === null ? [] : [{ clusterId, entityId }]));
  const buckets = await readTrends(scope, entities, plan);
  const bucketsOf = Map.groupBy(buckets, ({ clusterId, entityId }) => `${clusterId}/${entityId}`);
  const sources = clusters.map((cluster) =>
    toPressureSource(
      cluster,
      sourceRows.find(({ clusterId }) => clusterId === cluster.id),
    ),
  );
  return {
    items: rows.map((row) => {
      const cluster = clusters.find(({ id }) => id === row.clusterId)?.name ?? "";
      return toRow(row, {
        query,
        cluster,
        limits,
        plan,
        buckets: bucketsOf.get(`${row.clusterId}/${row.entityId}`) ?? [],
        source: sources.find((source) => source.cluster === cluster),
        below: new Map(
          cuts.filter(({ clusterId }) => clusterId === row.clusterId).map((cut) => [cut.metric, cut.belowValue]),
        ),
      });
    }),
    ...counts,
    range: { from: plan.rankFrom.toISOString(), to: plan.to.toISOString() },
    basis: plan.rankBasis,
    trendStepSeconds: plan.trendStepSeconds,
    limits,
    sources,
    coverage: computeCoverage("metrics", clusters, states, sourceRows, now),
  };
}

type RowContext = {
  readonly query: PressureQuery;
  readonly cluster: string;
  readonly limits: PressureThresholds;
  readonly plan: WindowPlan;
  readonly buckets: readonly BucketRow[];
  readonly source: PressureRanking["sources"][number] | undefined;
  readonly below: ReadonlyMap<string, number>;
};

const metricOf = (resource: PressureResource, kind: "waiting" | "stalled") =>
  `${resource}${kind === "waiting" ? "Waiting" : "Stalled"}Ratio` as const;

function toRow(row: RankRow, context: RowContext): PressureRow {
  const { query, limits, plan, source } = context;
  const share = (resource: PressureResource, kind: "waiting" | "stalled") => row[metricOf(resource, kind)];
  const ranked =
    query.resource === "any"
      ? (PRESSURE_RESOURCES.map((resource) => ({
          resource,
          towards: (share(resource, query.kind) ?? -1) / limits[resource][query.kind].critical,
        })).sort((a, b) => b.towards - a.towards)[0]?.resource ?? "cpu")
      : query.resource;
  const value = share(ranked, query.kind);
  const isShared = row.entityId === null || query.level === "node";
  const figures = (resource: PressureResource) => ({
    waiting: shareFigure(share(resource, "waiting"), {
      source,
      belowValue: context.below.get(metricOf(resource, "waiting")),
    }),
    stalled: shareFigure(share(resource, "stalled"), {
      source,
      belowValue: context.below.get(metricOf(resource, "stalled")),
      isApplicable: !(isShared && resource === "cpu"),
    }),
  });
  const grid = { from: plan.rankFrom, to: plan.to, stepSeconds: plan.trendStepSeconds };
  const series = toSeries(context.buckets, PRESSURE_METRICS.indexOf(metricOf(ranked, query.kind)), grid);
  const limit = limits[ranked][query.kind];
  const pattern = classifyPressure(series, limit.attention);
  const summary = summarize(series);
  const covered = row[`${ranked}Covered`];
  const peak = row[`${ranked}Peak`];
  const of = query.level === "node" || query.level === "cluster" ? row.cpuCapacityCores : row.cpuRequestedCores;
  const subject = [context.cluster, row.namespace, row.kind, row.name, row.container]
    .filter((part) => part !== "")
    .join("/");
  return {
    cluster: context.cluster,
    level: query.level,
    namespace: row.namespace,
    kind: row.kind,
    name: row.name,
    container: row.container,
    team: row.team,
    nodeName: query.level === "node" ? row.name : row.nodeName,
    pool: row.pool,
    zone: row.zone,
    resource: value === null ? null : ranked,
    shares: { cpu: figures("cpu"), memory: figures("memory"), io: figures("io") },
    stalledSeconds: value === null ? null : value * covered,
    coveredSeconds: covered,
    peak:
      peak === null
        ? shareFigure(null, { source })
        : {
            state: "value",
            unit: "ratio",
            value: Math.max(peak, value ?? 0),
            ...(summary.maxAt === null ? {} : { at: summary.maxAt.toISOString() }),
          },
    severity: value === null ? null : severityOf(Math.max(value, peak ?? 0), limit),
    ...(row.entityId === null
      ? { pattern: "unknown" as const, runCount: 0, longestRunSeconds: 0, startedAt: null }
      : {
          pattern: pattern.pattern,
          runCount: pattern.runCount,
          longestRunSeconds: pattern.longestRunSeconds,
          startedAt: isoOrNull(pattern.startedAt),
        }),
    looksIdleButStalls: looksIdleButStalls(
      { ...row, cpuCapacityCores: of },
      { memory: limits.memory.waiting.attention, io: limits.io.waiting.attention },
    ),
    cpuUsed: quantityFigure(row.cpuUsedCores, "cores", source),
    cpuOf: quantityFigure(of, "cores", source),
    trend: series.values.map((sample) => (sample === null ? null : Math.round(sample * 10_000) / 10_000)),
    evidence: pressureEvidence(
      query.level,
      subject,
      value === null ? "-" : `${value}`,
      source,
      row.newestAt.toISOString(),
    ),
  };
}
