import { UnknownReason } from "../contract/common.ts";
import { type PressureQueries, type PressureQueriesQuery, PressureQueryCost } from "../contract/pressure-queries.ts";
import type { Viewer } from "../contract/viewer.ts";
import { pressureRecordingRules } from "../domain/pressure/recording-rules.ts";
import { getStore } from "../store/client.ts";
import { readQueryCosts } from "../store/sql/read-query-costs.ts";
import { boundFleet } from "./scope.ts";

const NAMES = PressureQueryCost.shape.query.options;

/** What the questions behind the pressure pages cost each Prometheus, and the rules that make them cheaper. */
export async function getPressureQueries(viewer: Viewer, query: PressureQueriesQuery): Promise<PressureQueries> {
  const { clusters, scope } = await boundFleet(viewer, query);
  const rows = await readQueryCosts(getStore().pool, scope, NAMES);
  const items = rows.flatMap((row): PressureQueryCost[] => {
    const name = NAMES.find((candidate) => candidate === row.query);
    const cluster = clusters.find(({ id }) => id === row.clusterId);
    if (name === undefined || cluster === undefined) return [];
    return [
      {
        cluster: cluster.name,
        query: name,
        status: row.status,
        reason: UnknownReason.safeParse(row.reason).data ?? null,
        rowCount: row.rowCount,
        queryCount: row.queryCount,
        receivedBytes: row.receivedBytes,
        durationSeconds: row.durationSeconds,
        askedAt: row.askedAt.toISOString(),
      },
    ];
  });
  return { items, recordingRules: pressureRecordingRules() };
}
