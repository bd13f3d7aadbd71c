import type { NodeUse } from "../domain/features/define-check.ts";
import { metricPosition } from "../domain/metrics.ts";
import type { Db } from "./db.ts";

/** Older measurements say nothing about now. */
const FRESH_SECONDS = 900;

/** The newest measured swap and memory pressure of each node of a cluster that has some; the value before `now` counts. */
export async function loadNodeUse(db: Db, clusterId: number, now: Date): Promise<Map<string, NodeUse>> {
  const { rows } = await db.query<{ name: string; at: Date; swap: number | null; waiting: number | null }>(
    `SELECT DISTINCT ON (e.name) e.name, m.at, m."values"[$4] AS swap, m."values"[$5] AS waiting
       FROM metric_raw m JOIN entity e ON e.cluster_id = m.cluster_id AND e.id = m.entity_id
      WHERE m.cluster_id = $1 AND m.level = 'node' AND m.at > $2 AND m.at <= $3 AND m."values"[$4] IS NOT NULL
      ORDER BY e.name, m.at DESC`,
    [
      clusterId,
      new Date(now.getTime() - FRESH_SECONDS * 1000),
      now,
      metricPosition("swapUsedBytes"),
      metricPosition("memoryWaitingRatio"),
    ],
  );
  return new Map(
    rows.map((row) => [row.name, { swapUsedBytes: row.swap, memoryWaitingRatio: row.waiting, at: row.at }]),
  );
}
