import type { PoolClient } from "pg";
import type { FlowEnd, FlowReading } from "../domain/network/flow-sample.ts";
import { type CopyValue, copyRows } from "./copy-rows.ts";
import { markFlowHours } from "./flow-days.ts";

const COLUMNS = [
  "cluster_id",
  "at",
  "adapter",
  "source_namespace",
  "source_kind",
  "source_name",
  "source_zone",
  "source_team",
  "target_namespace",
  "target_kind",
  "target_name",
  "target_zone",
  "target_team",
  "scope",
  "basis",
  "transferred_bytes",
  "covered_seconds",
] as const;

/**
 * Adds the bytes of one read to their hour, inside the transaction that closes the read: a read that is not recorded has added
 * nothing, and none adds twice. `at` is the end of the window, `coveredSeconds` its length since the last read.
 */
export async function saveFlows(
  client: PoolClient,
  clusterId: number,
  reading: FlowReading,
  at: Date,
  coveredSeconds: number,
  teamOf: (end: FlowEnd) => string | null,
): Promise<number> {
  const hourAt = new Date(Math.floor((at.getTime() - 1) / 3_600_000) * 3_600_000);
  return addFlows(client, clusterId, [{ hourAt, reading }], coveredSeconds, teamOf, "add");
}

export type FlowsOfHour = { readonly hourAt: Date; readonly reading: FlowReading };

/**
 * Whole hours out of Prometheus' past, a span at a time. An hour that live reads saw a part of is replaced: whoever saw more of it is
 * right. An hour that another source told of already is left as it is: two sources count the same bytes.
 */
export async function saveBackfilledFlows(
  client: PoolClient,
  clusterId: number,
  hours: readonly FlowsOfHour[],
  teamOf: (end: FlowEnd) => string | null,
): Promise<number> {
  const others = await readSources(
    client,
    clusterId,
    hours.map(({ hourAt }) => hourAt),
  );
  const own = hours.filter(({ hourAt, reading }) =>
    (others.get(hourAt.getTime()) ?? []).every((adapter) => adapter === reading.adapter),
  );
  return addFlows(client, clusterId, own, 3_600, teamOf, "replace");
}

/** Hours of an imported flow log; the caller has taken away what they are to replace. */
export async function saveImportedFlows(
  client: PoolClient,
  clusterId: number,
  reading: FlowReading,
  hourAt: Date,
  coveredSeconds: number,
  teamOf: (end: FlowEnd) => string | null,
): Promise<number> {
  return addFlows(client, clusterId, [{ hourAt, reading }], coveredSeconds, teamOf, "add");
}

async function addFlows(
  client: PoolClient,
  clusterId: number,
  hours: readonly FlowsOfHour[],
  coveredSeconds: number,
  teamOf: (end: FlowEnd) => string | null,
  onConflict: "add" | "replace",
): Promise<number> {
  const filled = hours.filter(({ reading }) => reading.samples.length > 0);
  if (filled.length === 0) return 0;
  await client.query(`CREATE TEMP TABLE IF NOT EXISTS incoming_flow (LIKE flow_hourly) ON COMMIT DROP`);
  await client.query(`TRUNCATE incoming_flow`);
  await copyRows(client, "incoming_flow", COLUMNS, rows(clusterId, filled, coveredSeconds, teamOf));
  const key = COLUMNS.filter(
    (column) => !column.endsWith("_team") && column !== "transferred_bytes" && column !== "covered_seconds",
  ).join(", ");
  const list = COLUMNS.join(", ");
  const { rowCount } = await client.query(
    `INSERT INTO flow_hourly AS f (${list})
     SELECT ${COLUMNS.map((column) => (column === "transferred_bytes" ? "sum(transferred_bytes)" : column.endsWith("_team") || column === "covered_seconds" ? `min(${column})` : column)).join(", ")}
       FROM incoming_flow GROUP BY ${key}
     ON CONFLICT (${key}) DO ${
       onConflict === "replace"
         ? `UPDATE SET transferred_bytes = excluded.transferred_bytes, covered_seconds = excluded.covered_seconds
            WHERE f.covered_seconds < excluded.covered_seconds`
         : `UPDATE SET transferred_bytes = f.transferred_bytes + excluded.transferred_bytes, covered_seconds = f.covered_seconds + excluded.covered_seconds,
            source_team = excluded.source_team, target_team = excluded.target_team`
     }`,
  );
  await markFlowHours(
    client,
    clusterId,
    filled.map(({ hourAt }) => hourAt),
  );
  return rowCount ?? 0;
}

/** Which sources told of each hour already, by hour (epoch ms). */
async function readSources(
  client: PoolClient,
  clusterId: number,
  hours: readonly Date[],
): Promise<Map<number, string[]>> {
  const { rows } = await client.query<{ at: Date; adapters: string[] }>(
    `SELECT at, array_agg(DISTINCT adapter) AS adapters FROM flow_hourly WHERE cluster_id = $1 AND at = ANY($2) GROUP BY at`,
    [clusterId, hours],
  );
  return new Map(rows.map((row) => [row.at.getTime(), row.adapters]));
}

function* rows(
  clusterId: number,
  hours: readonly FlowsOfHour[],
  coveredSeconds: number,
  teamOf: (end: FlowEnd) => string | null,
): Generator<readonly CopyValue[]> {
  for (const { hourAt, reading } of hours) {
    for (const { source, target, scope, basis, bytesPerSecond } of reading.samples) {
      yield [
        clusterId,
        hourAt,
        reading.adapter,
        source.namespace,
        source.kind,
        source.name,
        source.zone ?? "",
        teamOf(source) ?? "",
        target.namespace,
        target.kind,
        target.name,
        target.zone ?? "",
        teamOf(target) ?? "",
        scope,
        basis,
        bytesPerSecond * coveredSeconds,
        coveredSeconds,
      ];
    }
  }
}
