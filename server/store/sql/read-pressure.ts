import { z } from "zod";
import { type MetricId, metricPosition } from "../../domain/metrics.ts";
import type { PressureThresholds } from "../../domain/pressure/thresholds.ts";
import type { Db } from "../db.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

export type PressureBasis = "raw" | "hourly" | "daily";
export type PressureChoice = "any" | "cpu" | "memory" | "io";
export type RankQuestion = {
  readonly level: "cluster" | "node" | "namespace" | "workload" | "pod" | "container";
  readonly basis: PressureBasis;
  readonly from: Date;
  readonly to: Date;
  readonly resource: PressureChoice;
  readonly kind: "waiting" | "stalled";
  readonly limits: PressureThresholds;
  readonly limit: number;
  /** Which things; a cluster's level has none. */
  readonly entities: readonly { readonly clusterId: number; readonly entityId: number }[];
  /** Whether every moment of the range has its frame, whose totals the cluster's level adds up. */
  readonly isFramed: boolean;
};

const share = z.number().nullable();
const RankRow = z.object({
  clusterId: z.number(),
  /** Null for the cluster level, which is the mean of its nodes. */
  entityId: z.coerce.number().nullable(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  container: z.string(),
  team: z.string().nullable(),
  nodeName: z.string().nullable(),
  pool: z.string().nullable(),
  zone: z.string().nullable(),
  cpuWaitingRatio: share,
  cpuStalledRatio: share,
  memoryWaitingRatio: share,
  memoryStalledRatio: share,
  ioWaitingRatio: share,
  ioStalledRatio: share,
  cpuPeak: share,
  memoryPeak: share,
  ioPeak: share,
  cpuCovered: z.number(),
  memoryCovered: z.number(),
  ioCovered: z.number(),
  cpuUsedCores: share,
  cpuRequestedCores: share,
  cpuCapacityCores: share,
  newestAt: z.date(),
  total: z.number(),
  criticalCount: z.number(),
  attentionCount: z.number(),
  calmCount: z.number(),
});
export type RankRow = z.infer<typeof RankRow>;

export const PRESSURE_METRICS = [
  "cpuWaitingRatio",
  "cpuStalledRatio",
  "memoryWaitingRatio",
  "memoryStalledRatio",
  "ioWaitingRatio",
  "ioStalledRatio",
] as const satisfies readonly MetricId[];
const TABLES: Readonly<Record<PressureBasis, string>> = {
  raw: "metric_raw",
  hourly: "metric_hourly",
  daily: "metric_daily",
};

/** Weighted sum, covered seconds and maximum of one quantity over the rows of a group. */
function parts(basis: PressureBasis, id: MetricId): { weighted: string; covered: string; maximum: string } {
  const at = metricPosition(id);
  if (basis === "raw")
    return {
      weighted: `sum(m."values"[${at}] * m.covered_seconds)`,
      covered: `coalesce(sum(m.covered_seconds) FILTER (WHERE m."values"[${at}] IS NOT NULL), 0)`,
      maximum: `max(m."values"[${at}])`,
    };
  return {
    weighted: `sum(m.sums[${at}])`,
    covered: `coalesce(sum(m.covered_seconds[${at}]), 0)`,
    maximum: `max(m.maxima[${at}])`,
  };
}
const mean = (basis: PressureBasis, id: MetricId): string => {
  const { weighted, covered } = parts(basis, id);
  return `${weighted} / nullif(${covered}, 0)`;
};

/**
 * The given things of one level by the share of wall time in which their tasks waited (or all stalled), worst first; those without a
 * pressure sample last. Which of thousands are the worst is told by frames (domain/pressure/frames.ts), their figures by their rows. A cluster is the mean of its nodes over time, never their sum. Counted as critical or attention is what
 * reached the limit at its peak, so that a spike which a day averages away is still told.
 *
 * Errors: none; a viewer bound to teams sees nodes and clusters (shared) and the namespaces, workloads and pods of the teams.
 */
export function readPressureRanking(db: Db, scope: Scope, question: RankQuestion): Promise<RankRow[]> {
  const { level, kind, resource, limits, entities, isFramed } = question;
  const isCluster = level === "cluster";
  const isShared = isCluster || level === "node";
  // A frame keeps its totals as the roll-ups keep theirs.
  const basis = isCluster && isFramed ? "hourly" : question.basis;
  const suffix = kind === "waiting" ? "WaitingRatio" : "StalledRatio";
  const resources = (["cpu", "memory", "io"] as const).filter((name) => resource === "any" || resource === name);
  const towards = resources.map((name) => `a."${name}${suffix}" / ${limits[name][kind].critical}`);
  const rank = towards.length === 1 ? towards[0] : `greatest(${towards.join(", ")})`;
  const atLeast = (severity: "attention" | "critical") =>
    resources.map((name) => `coalesce(a."${name}Peak" >= ${limits[name][kind][severity]}, false)`).join(" OR ");
  const peakOf = (name: "cpu" | "memory" | "io") =>
    parts(basis, `${name}${suffix}` as (typeof PRESSURE_METRICS)[number]).maximum;
  const coveredOf = (name: "cpu" | "memory" | "io") =>
    parts(basis, `${name}${suffix}` as (typeof PRESSURE_METRICS)[number]).covered;
  const group = isCluster ? "m.cluster_id" : "m.cluster_id, m.entity_id";
  const capacity = parts(basis, "cpuCapacityCores").maximum;
  const requested = parts(basis, "cpuRequestedCores").maximum;
  const rows = isCluster
    ? isFramed
      ? `pressure_frame m WHERE m.basis = '${question.basis}' AND m.cluster_id = ANY($1::smallint[]) AND m.level = $2`
      : `${TABLES[basis]} m WHERE m.cluster_id = ANY($1::smallint[]) AND m.level = $2`
    : `unnest($7::smallint[], $8::bigint[]) AS w(cluster_id, entity_id)
         JOIN ${TABLES[basis]} m ON m.cluster_id = w.cluster_id AND m.entity_id = w.entity_id
        WHERE m.cluster_id = ANY($1::smallint[]) AND m.level = $2`;
  return selectRows(
    db,
    RankRow,
    `WITH agg AS MATERIALIZED (
       SELECT ${group}, max(m.at) AS "newestAt",
              ${PRESSURE_METRICS.map((id) => `${mean(basis, id)} AS "${id}"`).join(", ")},
              ${(["cpu", "memory", "io"] as const)
                .map((name) => `${peakOf(name)} AS "${name}Peak", ${coveredOf(name)}::float8 AS "${name}Covered"`)
                .join(", ")},
              ${mean(basis, "cpuUsedCores")} AS "cpuUsedCores", ${capacity} AS "cpuCapacityCores", ${requested} AS "cpuRequestedCores"
         FROM ${rows} AND m.at >= $3 AND m.at < $4
        GROUP BY ${group}
     ), ranked AS (
       SELECT a.*, ${isCluster ? "NULL::bigint" : "e.id"} AS "entityId",
              ${isCluster ? "'' AS namespace, '' AS kind, c.name, '' AS container, NULL::text AS team, NULL::text AS node_name" : "e.namespace, e.kind, e.name, e.container, e.team, e.node_name"},
              ${rank} AS rank, (${atLeast("critical")}) AS critical, (${atLeast("attention")}) AS attention
         FROM agg a JOIN ${isCluster ? "cluster c ON c.id = a.cluster_id" : "entity e ON e.cluster_id = a.cluster_id AND e.id = a.entity_id"}
        WHERE ${isShared ? "$5::text[] IS NULL OR true" : teamBound("e.team", "$5")}
     )
     SELECT r.cluster_id::int AS "clusterId", r."entityId", r.namespace, r.kind, r.name, r.container, r.team,
            r.node_name AS "nodeName", n.pool, n.zone, ${PRESSURE_METRICS.map((id) => `r."${id}"`).join(", ")},
            r."cpuPeak", r."memoryPeak", r."ioPeak", r."cpuCovered", r."memoryCovered", r."ioCovered",
            r."cpuUsedCores", r."cpuRequestedCores", r."cpuCapacityCores", r."newestAt",
            r.total, r."criticalCount", r."attentionCount", r."calmCount"
       FROM (SELECT *, count(*) OVER ()::int AS total, count(*) FILTER (WHERE critical) OVER ()::int AS "criticalCount",
                    count(*) FILTER (WHERE attention AND NOT critical) OVER ()::int AS "attentionCount",
                    count(*) FILTER (WHERE rank IS NOT NULL AND NOT attention) OVER ()::int AS "calmCount"
               FROM ranked ORDER BY rank DESC NULLS LAST, cluster_id, namespace, name, container LIMIT $6) r
       LEFT JOIN node n ON n.cluster_id = r.cluster_id AND n.name = CASE WHEN $2 = 'node' AND r."entityId" IS NOT NULL THEN r.name ELSE r.node_name END
      ORDER BY r.rank DESC NULLS LAST, r.cluster_id, r.namespace, r.name, r.container`,
    [
      scope.clusterIds,
      isCluster ? "node" : level,
      question.from,
      question.to,
      isShared ? null : scope.teams,
      question.limit,
      ...(isCluster ? [] : [entities.map(({ clusterId }) => clusterId), entities.map(({ entityId }) => entityId)]),
    ],
  );
}

const CutRow = z.object({
  clusterId: z.number(),
  /** By PRESSURE_METRICS. */
  counts: z.array(z.number()),
  smallest: z.array(z.number().nullable()),
});
export type PressureCut = { readonly clusterId: number; readonly metric: string; readonly belowValue: number };

/**
 * Up to which value a list was cut: at a cluster's newest reading of a level, where a quantity came back with as many rows as its
 * query may give, everything else of that level is at or below the smallest of them.
 */
export async function readPressureCuts(
  db: Db,
  scope: Scope,
  question: { readonly level: "pod" | "container"; readonly from: Date; readonly to: Date; readonly topRows: number },
): Promise<PressureCut[]> {
  const values = PRESSURE_METRICS.map((id) => `m."values"[${metricPosition(id)}]`);
  const rows = await selectRows(
    db,
    CutRow,
    `WITH newest AS MATERIALIZED (SELECT c.id AS cluster_id, (
              SELECT max(at) FROM metric_raw WHERE cluster_id = c.id AND level = $2 AND at >= $3 AND at < $4) AS at
         FROM unnest($1::smallint[]) AS c(id))
     SELECT m.cluster_id::int AS "clusterId", ARRAY[${values.map((value) => `count(${value})`).join(", ")}]::int[] AS counts,
            ARRAY[${values.map((value) => `min(${value})`).join(", ")}]::float8[] AS smallest
       FROM newest JOIN metric_raw m ON m.cluster_id = newest.cluster_id AND m.level = $2 AND m.at = newest.at
      WHERE m.at >= $3 AND m.at < $4 GROUP BY m.cluster_id`,
    [scope.clusterIds, question.level, question.from, question.to],
  );
  return rows.flatMap(({ clusterId, counts, smallest }) =>
    PRESSURE_METRICS.flatMap((metric, place): PressureCut[] => {
      const belowValue = smallest[place] ?? null;
      const isCut = (counts[place] ?? 0) >= question.topRows;
      return isCut && belowValue !== null ? [{ clusterId, metric, belowValue }] : [];
    }),
  );
}

const SourceRow = z.object({
  clusterId: z.number(),
  nodeCount: z.number(),
  measuredCount: z.number(),
  unexposedNodes: z.array(z.string()),
  newestAt: z.date().nullable(),
  failedReason: z.string().nullable(),
  failedDetail: z.string().nullable(),
  failedFix: z.unknown(),
  hasSummary: z.boolean(),
  hasPrometheus: z.boolean(),
});
export type PressureSourceRow = z.infer<typeof SourceRow>;

/** What each cluster's newest reading says of pressure, and which of its sources failed. */
export function readPressureSources(
  db: Db,
  scope: Scope,
  window: { readonly from: Date; readonly to: Date },
): Promise<PressureSourceRow[]> {
  const waiting = (["cpuWaitingRatio", "memoryWaitingRatio", "ioWaitingRatio"] as const).map(
    (id) => `m."values"[${metricPosition(id)}]`,
  );
  const any = waiting.map((value) => `${value} IS NOT NULL`).join(" OR ");
  return selectRows(
    db,
    SourceRow,
    `SELECT c.id::int AS "clusterId", (SELECT count(*) FROM node WHERE cluster_id = c.id)::int AS "nodeCount",
            coalesce(s.measured, 0)::int AS "measuredCount", newest.at AS "newestAt",
            ARRAY(SELECT e.name FROM entity e WHERE e.cluster_id = c.id AND e.id = ANY(s.unexposed) ORDER BY e.name LIMIT 20) AS "unexposedNodes",
            f.reason AS "failedReason", f.detail AS "failedDetail", f.fix AS "failedFix",
            EXISTS (SELECT 1 FROM source_state WHERE cluster_id = c.id AND read_kind = 'metrics' AND source = 'kubelet:summary' AND status = 'ok') AS "hasSummary",
            EXISTS (SELECT 1 FROM source_state WHERE cluster_id = c.id AND read_kind = 'metrics' AND source LIKE 'query:%' AND status = 'ok') AS "hasPrometheus"
       FROM cluster c
      CROSS JOIN LATERAL (SELECT max(at) AS at FROM metric_raw WHERE cluster_id = c.id AND level = 'node' AND at >= $2 AND at < $3) newest
       LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE ${any}) AS measured, array_agg(m.entity_id) FILTER (WHERE NOT (${any})) AS unexposed
              FROM metric_raw m
             WHERE m.cluster_id = c.id AND m.level = 'node' AND m.at = newest.at AND m.at >= $2 AND m.at < $3) s ON true
       LEFT JOIN LATERAL (
            SELECT reason, detail, fix FROM source_state
             WHERE cluster_id = c.id AND read_kind = 'metrics' AND status IN ('failed', 'skipped') AND (source LIKE 'query:%' OR source = 'prometheus')
             ORDER BY source LIMIT 1) f ON true
      WHERE c.id = ANY($1::smallint[]) ORDER BY c.name`,
    [scope.clusterIds, window.from, window.to],
  );
}
