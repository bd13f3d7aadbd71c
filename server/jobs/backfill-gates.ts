import { type GateChunk, runGateChunk } from "../collect/prometheus/backfill-gates.ts";
import type { PrometheusClient } from "../collect/prometheus/client.ts";
import { toNodeResolver } from "../collect/prometheus/labels.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import { savePastGateChanges } from "../store/gates.ts";
import type { BackfillJob } from "../store/queue.ts";
import { saveChunk } from "./backfill-chunk.ts";
import type { JobContext } from "./context.ts";
import type { InventoryIndex } from "./inventory-index.ts";

/**
 * Asks since when gates have their values, and stores it together with the mark of the chunk. Throws what Prometheus threw; the
 * caller decides whether the chunk is refused or asked again.
 */
export async function backfillGateChunk(
  context: Pick<JobContext, "pool" | "now">,
  job: Pick<BackfillJob, "clusterId">,
  client: PrometheusClient,
  chunk: GateChunk,
  inventory: InventoryIndex,
  signal: AbortSignal,
): Promise<number> {
  const options = { resolveNode: toNodeResolver(inventory.nodes, inventory.podOwner), budget: new QueryBudget() };
  const flips = await runGateChunk(client, chunk, options, signal);
  const changes = flips.map(({ atSeconds, ...flip }) => ({ ...flip, at: new Date(atSeconds * 1000) }));
  return saveChunk(context, job, chunk, (db) => savePastGateChanges(db, job.clusterId, changes));
}
