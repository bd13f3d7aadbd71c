import { readPodDetail } from "../collect/prometheus/detail.ts";
import { PrometheusError } from "../collect/prometheus/prometheus-error.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import type { ClusterConfig } from "../config.ts";
import { messageOf } from "../errors.ts";
import { saveDetailResult } from "../store/details.ts";
import type { DetailJob } from "../store/queue.ts";
import type { JobContext } from "./context.ts";
import { metricsCacheOf } from "./metrics-caches.ts";

/** One pod's recent window, asked for by a page. The answer – or why there is none – is stored for every reader of that window. */
export async function readDetail(
  context: JobContext,
  job: DetailJob,
  cluster: ClusterConfig,
  signal: AbortSignal,
): Promise<void> {
  const { pool, now } = context;
  const client = context.sources.prometheus(cluster);
  const presence = metricsCacheOf(cluster.name).presence?.value ?? null;
  const fail = (reason: string, detail: string) =>
    saveDetailResult(pool, job, { status: "failed", reason, detail, body: null }, now());
  if (client === null) return fail("not-configured", "no Prometheus is configured for this cluster");
  if (presence === null)
    return fail("not-yet-read", "no metrics read of this cluster has succeeded since the collector started");
  const endSeconds = Math.floor(new Date(job.untilAt).getTime() / 1000);
  try {
    const body = await readPodDetail(
      client,
      { namespace: job.namespace, pod: job.pod, startSeconds: endSeconds - job.windowSeconds, endSeconds },
      presence,
      { budget: new QueryBudget(), signal },
    );
    await saveDetailResult(pool, job, { status: "done", reason: null, detail: body.partial, body }, now());
  } catch (error) {
    await fail(error instanceof PrometheusError ? error.reason : "malformed", messageOf(error));
  }
}
