import { type GateChunk, runGateChunk } from "../collect/prometheus/backfill-gates.ts";
import type { PrometheusClient } from "../collect/prometheus/client.ts";
import { toNodeResolver } from "../collect/prometheus/labels.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import { finishBackfillChunk } from "../store/backfill.ts";
import { inTransaction } from "../store/db.ts";
import { savePastGateChanges } from "../store/gates.ts";
import type { BackfillJob } from "../store/queue.ts";
import type { JobContext } from "./context.ts";
import type { InventoryIndex } from "./inventory-index.ts";

/** Whether a stored chunk is the one of gates. */
export function isGateChunk(plan: unknown): plan is GateChunk {
  return typeof plan === "object" && plan !== null && "level" in plan && plan.level === "gates";
}

/**
 * Asks since when gates have their values, and stores it together with the mark of the chunk. Throws what Prometheus threw; the
 * caller decides whether the chunk is refused or asked again.
 */
export async function backfillGateChunk(
  { pool, now }: Pick<JobContext, "pool" | "now">,
  job: Pick<BackfillJob, "clusterId">,
  client: PrometheusClient,
  chunk: GateChunk,
  inventory: InventoryIndex,
  signal: AbortSignal,
): Promise<number> {
  const context = { resolveNode: toNodeResolver(inventory.nodes, inventory.podOwner), budget: new QueryBudget() };
  const flips = await runGateChunk(client, chunk, context, signal);
  const changes = flips.map(({ atSeconds, ...flip }) => ({ ...flip, at: new Date(atSeconds * 1000) }));
  return inTransaction(pool, async (db) => {
    const rowCount = await savePastGateChanges(db, job.clusterId, changes);
    await finishBackfillChunk(db, job.clusterId, chunk.id, {
      status: "done",
      rowCount,
      reason: null,
      detail: null,
      at: now(),
    });
    return rowCount;
  });
}
