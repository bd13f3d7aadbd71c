import { type FlowChunk, runFlowChunk } from "../collect/prometheus/backfill-flows.ts";
import type { PrometheusClient } from "../collect/prometheus/client.ts";
import { toNodeResolver } from "../collect/prometheus/labels.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import type { FlowEnd } from "../domain/network/flow-sample.ts";
import { saveBackfilledFlows } from "../store/flows.ts";
import type { BackfillJob } from "../store/queue.ts";
import { saveChunk } from "./backfill-chunk.ts";
import type { JobContext } from "./context.ts";
import type { InventoryIndex } from "./inventory-index.ts";

/** Owner of one end of a flow: its workload's team, else its namespace's. */
export function flowTeam(inventory: InventoryIndex): (end: FlowEnd) => string | null {
  return (end) =>
    inventory.teamOfWorkload(end.namespace, end.kind, end.name) ?? inventory.teamOfNamespace(end.namespace);
}

/**
 * Asks for one span of hours and stores it together with its mark. Throws what Prometheus threw; the caller decides whether the
 * chunk is refused or asked again.
 */
export async function backfillFlowChunk(
  context: Pick<JobContext, "pool" | "now">,
  job: Pick<BackfillJob, "clusterId">,
  client: PrometheusClient,
  chunk: FlowChunk,
  inventory: InventoryIndex,
  signal: AbortSignal,
): Promise<number> {
  const zones = new Map(inventory.nodes.map((node) => [node.name, node.zone ?? null]));
  const hours = await runFlowChunk(
    client,
    chunk,
    {
      resolveNode: toNodeResolver(inventory.nodes, inventory.podOwner),
      podOwner: inventory.podOwner,
      podByIp: inventory.podByIp,
      zoneOfNode: (node) => zones.get(node) ?? null,
      budget: new QueryBudget(),
    },
    signal,
  );
  const team = flowTeam(inventory);
  return saveChunk(context, job, chunk, (db) =>
    saveBackfilledFlows(
      db,
      job.clusterId,
      hours.map(({ hourAtSeconds, reading }) => ({ hourAt: new Date(hourAtSeconds * 1000), reading })),
      team,
    ),
  );
}
