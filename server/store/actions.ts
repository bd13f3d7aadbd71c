import type { Pool, PoolClient } from "pg";
import type { Db } from "./db.ts";
import { inTransaction } from "./db.ts";

export type StoredAction = {
  readonly id: string;
  readonly kind: string;
  /** "" = of nobody or of the whole cluster. */
  readonly team: string;
  readonly isWhole: boolean;
  readonly freedCostPerMonth: number | null;
  readonly cashCostPerMonth: number | null;
  readonly groupId: string;
  readonly isCounted: boolean;
  readonly isCountedForTeam: boolean;
  readonly body: unknown;
};
export type ActionTotalRow = {
  readonly isWhole: boolean;
  readonly team: string;
  readonly freedCostPerMonth: number;
  readonly cashCostPerMonth: number;
  readonly countedCount: number;
  readonly pricedCount: number;
  readonly removedCount: number;
  readonly unpricedCount: number;
};

/**
 * Takes the clusters whose list is to be made, in one statement, so that of several collectors one makes it: never made, marked by a
 * decision, older than `maxAgeSeconds`, or older than what was backfilled since. A process that dies meanwhile leaves the next turn to another.
 */
export async function claimActionLists(
  db: Db,
  clusterIds: readonly number[],
  now: Date,
  maxAgeSeconds: number,
): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO action_state AS s (cluster_id, computed_at, due_at)
     SELECT c.id, $2, NULL FROM cluster c JOIN read_state r ON r.cluster_id = c.id AND r.kind = 'inventory' AND r.good_taken_at IS NOT NULL
      WHERE c.id = ANY($1::smallint[])
     ON CONFLICT (cluster_id) DO UPDATE SET computed_at = excluded.computed_at, due_at = NULL, duration_seconds = NULL
      WHERE s.computed_at IS NULL OR s.due_at IS NOT NULL OR s.computed_at < $2::timestamptz - $3 * interval '1 second'
         OR (s.computed_at < $2::timestamptz - interval '30 seconds' AND EXISTS (
              SELECT 1 FROM backfill_chunk b WHERE b.cluster_id = s.cluster_id AND b.finished_at > s.computed_at))
     RETURNING cluster_id::int AS id`,
    [clusterIds, now, maxAgeSeconds],
  );
  return rows.map((row) => row.id);
}

/** Lets the list of a cluster be made again at the next turn: after a decision, or when making it has failed. */
export async function markActionListDue(db: Db, clusterId: number): Promise<void> {
  await db.query(
    `INSERT INTO action_state (cluster_id, due_at) VALUES ($1, now())
     ON CONFLICT (cluster_id) DO UPDATE SET due_at = coalesce(action_state.due_at, now())`,
    [clusterId],
  );
}

/** Puts the ranked list and its totals in the place of what was there. */
export async function replaceActions(
  pool: Pool,
  clusterId: number,
  list: {
    readonly actions: readonly StoredAction[];
    readonly totals: readonly ActionTotalRow[];
    readonly computedAt: Date;
    readonly durationSeconds: number;
  },
): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(`DELETE FROM action WHERE cluster_id = $1`, [clusterId]);
    await client.query(`DELETE FROM action_total WHERE cluster_id = $1`, [clusterId]);
    await client.query(
      `INSERT INTO action (cluster_id, id, kind, team, is_whole, freed_cost_per_month, cash_cost_per_month, group_id, is_counted,
                           is_counted_for_team, body, computed_at)
       SELECT $1, x.id, x.kind, x.team, x."isWhole", x."freedCostPerMonth", x."cashCostPerMonth", x."groupId", x."isCounted",
              x."isCountedForTeam", x.body, $3
         FROM jsonb_to_recordset($2::jsonb) AS x(id text, kind text, team text, "isWhole" boolean, "freedCostPerMonth" float8,
              "cashCostPerMonth" float8, "groupId" text, "isCounted" boolean, "isCountedForTeam" boolean, body jsonb)`,
      [clusterId, JSON.stringify(list.actions), list.computedAt],
    );
    await client.query(
      `INSERT INTO action_total (cluster_id, is_whole, team, freed_cost_per_month, cash_cost_per_month, counted_count, priced_count,
                                 removed_count, unpriced_count)
       SELECT $1, x."isWhole", x.team, x."freedCostPerMonth", x."cashCostPerMonth", x."countedCount", x."pricedCount",
              x."removedCount", x."unpricedCount"
         FROM jsonb_to_recordset($2::jsonb) AS x("isWhole" boolean, team text, "freedCostPerMonth" float8, "cashCostPerMonth" float8,
              "countedCount" integer, "pricedCount" integer, "removedCount" integer, "unpricedCount" integer)`,
      [clusterId, JSON.stringify(list.totals)],
    );
    await client.query(`UPDATE action_state SET computed_at = $2, duration_seconds = $3 WHERE cluster_id = $1`, [
      clusterId,
      list.computedAt,
      list.durationSeconds,
    ]);
  });
}

export type AcceptedAction = {
  readonly id: string;
  readonly decidedAt: Date;
  readonly appliedAt: Date | null;
  /** As it was when it was accepted. */
  readonly action: unknown;
};

/** Accepted actions of a cluster by its name, with when they were seen applied. */
export async function loadAcceptedActions(db: Db, clusterName: string): Promise<AcceptedAction[]> {
  const { rows } = await db.query<AcceptedAction>(
    `SELECT d.action_id AS id, d.decided_at AS "decidedAt", o.applied_at AS "appliedAt", d.action
       FROM action_decision d LEFT JOIN action_outcome o ON o.action_id = d.action_id
      WHERE d.decision = 'accepted' AND d.action->>'cluster' = $1 ORDER BY d.decided_at DESC LIMIT 1000`,
    [clusterName],
  );
  return rows;
}

export type ActionOutcomeRow = {
  readonly actionId: string;
  readonly state: "not-yet" | "applied" | "gone" | "unknown";
  readonly appliedAt: Date | null;
  readonly forecastCostPerMonth: number | null;
  readonly measuredCostPerMonth: number | null;
  readonly measuredDays: number;
  readonly evidence: readonly { readonly ref: string; readonly observed: string }[];
  readonly checkedAt: Date;
};

export async function saveOutcome(client: PoolClient, outcome: ActionOutcomeRow): Promise<void> {
  await client.query(
    `INSERT INTO action_outcome (action_id, state, applied_at, forecast_cost_per_month, measured_cost_per_month, measured_days, evidence, checked_at)
     SELECT $1, $2, $3, $4, $5, $6, $7::jsonb, $8 WHERE EXISTS (SELECT 1 FROM action_decision WHERE action_id = $1)
     ON CONFLICT (action_id) DO UPDATE SET state = excluded.state, applied_at = excluded.applied_at,
       forecast_cost_per_month = excluded.forecast_cost_per_month, measured_cost_per_month = excluded.measured_cost_per_month,
       measured_days = excluded.measured_days, evidence = excluded.evidence, checked_at = excluded.checked_at`,
    [
      outcome.actionId,
      outcome.state,
      outcome.appliedAt,
      outcome.forecastCostPerMonth,
      outcome.measuredCostPerMonth,
      outcome.measuredDays,
      JSON.stringify(outcome.evidence),
      outcome.checkedAt,
    ],
  );
}

export type CostOfDay = { readonly day: string; readonly cost: number };

/** Cost by day of a workload's resources, or of a whole cluster (`workload` null); days without a line are not there. */
export async function loadCostByDay(
  db: Db,
  clusterId: number,
  what: {
    readonly workload: { readonly namespace: string; readonly kind: string; readonly name: string } | null;
    readonly resources: readonly string[];
    readonly from: string;
  },
): Promise<CostOfDay[]> {
  const { rows } = await db.query<CostOfDay>(
    `SELECT day::text AS day, sum(cost)::float8 AS cost FROM cost_daily
      WHERE cluster_id = $1 AND day >= $2::date AND resource = ANY($3::text[])
        AND ($4::text IS NULL OR (namespace = $4 AND workload_kind = $5 AND workload_name = $6))
      GROUP BY day HAVING sum(cost) IS NOT NULL ORDER BY day`,
    [
      clusterId,
      what.from,
      what.resources,
      what.workload?.namespace ?? null,
      what.workload?.kind ?? null,
      what.workload?.name ?? null,
    ],
  );
  return rows;
}
