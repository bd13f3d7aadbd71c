import type { PrometheusClient } from "../collect/prometheus/client.ts";
import { findPastPresence } from "../collect/prometheus/past-presence.ts";
import type { Presence } from "../collect/prometheus/presence.ts";
import type { ClusterConfig } from "../config.ts";
import { type BackfillState, readUnfinishedEnd } from "../store/backfill.ts";
import type { BackfillJob } from "../store/queue.ts";
import type { JobContext } from "./context.ts";
import { metricsCacheOf } from "./metrics-caches.ts";

/** What is to be filled: everything up to a moment, or only what came after an earlier end. */
export type BackfillSpan = {
  readonly presence: Presence;
  readonly untilSeconds: number;
  /** null = as far back as the source knows. */
  readonly fromSeconds: number | null;
  readonly endsBeforePresent: boolean;
};

/** A source that was asked for its past in vain is left alone for so long. */
const SEARCH_AGAIN_SECONDS = 3_600;
/** A gap shorter than this is left to the next hour. */
const MIN_GAP_SECONDS = 2 * 3_600;
const searchedAt = new Map<string, number>();

/**
 * Which span the next plan is for; null = none.
 *
 * First plan: up to now when Prometheus answers; when it does not, up to the last moment for which it still does. After an outage
 * that cut a plan short: from its end to now.
 */
export async function chooseBackfillSpan(
  { pool, now }: Pick<JobContext, "pool" | "now">,
  job: BackfillJob,
  cluster: ClusterConfig,
  source: {
    readonly client: PrometheusClient;
    readonly nodeCount: number;
    readonly state: BackfillState;
    readonly signal: AbortSignal;
  },
): Promise<BackfillSpan | null> {
  const presence = metricsCacheOf(cluster.name).presence?.value ?? null;
  const nowSeconds = Math.floor(now().getTime() / 1000);
  if (source.state.total > 0) {
    const end = presence === null ? null : await readUnfinishedEnd(pool, job.clusterId);
    if (presence === null || end === null || nowSeconds - end < MIN_GAP_SECONDS) return null;
    return { presence, untilSeconds: nowSeconds, fromSeconds: end, endsBeforePresent: false };
  }
  if (presence !== null) return { presence, untilSeconds: nowSeconds, fromSeconds: null, endsBeforePresent: false };
  if (nowSeconds - (searchedAt.get(cluster.name) ?? 0) < SEARCH_AGAIN_SECONDS) return null;
  searchedAt.set(cluster.name, nowSeconds);
  const past = await findPastPresence(source.client, source.nodeCount, nowSeconds, source.signal);
  return past === null ? null : { ...past, fromSeconds: null, endsBeforePresent: true };
}
