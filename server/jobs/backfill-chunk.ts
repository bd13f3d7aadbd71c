import type { PoolClient } from "pg";
import type { FlowChunk } from "../collect/prometheus/backfill-flows.ts";
import type { GateChunk } from "../collect/prometheus/backfill-gates.ts";
import type { GpuChunk } from "../collect/prometheus/backfill-gpu.ts";
import { finishBackfillChunk } from "../store/backfill.ts";
import { inTransaction } from "../store/db.ts";
import type { BackfillJob } from "../store/queue.ts";
import type { JobContext } from "./context.ts";

/** A stored chunk that is not one of metrics; its level says of what. */
export type SpanChunk = FlowChunk | GateChunk | GpuChunk;
const LEVELS: ReadonlySet<unknown> = new Set(["flow", "gates", "gpu"] satisfies readonly SpanChunk["level"][]);

/** Whether a stored plan is a span of flows, gates or devices. The planners wrote it; its level names its shape. */
export function isSpanChunk(plan: unknown): plan is SpanChunk {
  return typeof plan === "object" && plan !== null && "level" in plan && LEVELS.has(plan.level);
}

/** Stores what a chunk brought together with its mark, so that a restart neither loses nor repeats it. Returns the rows. */
export function saveChunk(
  { pool, now }: Pick<JobContext, "pool" | "now">,
  job: Pick<BackfillJob, "clusterId">,
  chunk: { readonly id: string },
  save: (db: PoolClient) => Promise<number>,
): Promise<number> {
  return inTransaction(pool, async (db) => {
    const rowCount = await save(db);
    const mark = { status: "done", rowCount, reason: null, detail: null, at: now() } as const;
    await finishBackfillChunk(db, job.clusterId, chunk.id, mark);
    return rowCount;
  });
}
