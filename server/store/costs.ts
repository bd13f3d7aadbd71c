import type { PoolClient } from "pg";
import { type CopyValue, copyRows } from "./copy-rows.ts";

export type CostLine = {
  readonly team: string;
  readonly namespace: string;
  readonly workloadKind: string;
  readonly workloadName: string;
  readonly pool: string;
  readonly resource: "cpu" | "memory" | "gpu" | "storage" | "network";
  readonly share: string;
  readonly priceRowId: number;
  /** In hours of the priced thing, for the span that the line stands for. */
  readonly quantity: number;
  /** Null = no price could be stated. */
  readonly cost: number | null;
};

const KEY = [
  "cluster_id",
  "at",
  "team",
  "namespace",
  "workload_kind",
  "workload_name",
  "pool",
  "resource",
  "share",
  "price_row_id",
] as const;
export const COST_COLUMNS = [...KEY, "quantity", "cost"] as const;

/**
 * Adds lines to their hour, inside the transaction that closes the read they come from – so that a span is counted exactly once,
 * however often a job runs.
 */
export async function addCosts(
  client: PoolClient,
  clusterId: number,
  hourAt: Date,
  lines: Iterable<CostLine>,
): Promise<number> {
  await client.query(
    `CREATE TEMP TABLE IF NOT EXISTS incoming_cost (LIKE cost_hourly INCLUDING DEFAULTS) ON COMMIT DROP`,
  );
  await client.query(`TRUNCATE incoming_cost`);
  await copyRows(client, "incoming_cost", COST_COLUMNS, costRows(clusterId, hourAt, lines));
  const key = KEY.join(", ");
  const { rowCount } = await client.query(
    `INSERT INTO cost_hourly AS c (${COST_COLUMNS.join(", ")})
     SELECT ${key}, sum(quantity), CASE WHEN bool_or(cost IS NULL) THEN NULL ELSE sum(cost) END FROM incoming_cost GROUP BY ${key}
     ON CONFLICT (${key}) DO UPDATE SET quantity = c.quantity + excluded.quantity, cost = c.cost + excluded.cost`,
  );
  return rowCount ?? 0;
}

export function* costRows(clusterId: number, hourAt: Date, lines: Iterable<CostLine>): Generator<readonly CopyValue[]> {
  for (const l of lines) {
    yield [
      clusterId,
      hourAt,
      l.team,
      l.namespace,
      l.workloadKind,
      l.workloadName,
      l.pool,
      l.resource,
      l.share,
      l.priceRowId,
      l.quantity,
      l.cost,
    ];
  }
}
