import { z } from "zod";
import type { BackfillState, ReadState, SourceState } from "../contract/clusters.ts";
import { ReadStatus, SourceResult } from "../contract/clusters.ts";
import { Fix, type Freshness, ReadKind, UnknownReason } from "../contract/common.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import type { BackfillRow, ReadStateRow, SourceStateRow } from "../store/sql/read-reads.ts";
import { isoOrNull } from "./figures.ts";

/** Kinds that run by cadence and together make a snapshot. */
export const SNAPSHOT_KINDS = ["inventory", "metrics", "gates"] as const;
export type SnapshotKind = (typeof SNAPSHOT_KINDS)[number];

const CadenceSettings = z.object({
  poll: z.object({ inventorySeconds: z.number(), metricsSeconds: z.number(), gatesSeconds: z.number() }).partial(),
});
const DEFAULT_CADENCE: Readonly<Record<SnapshotKind, number>> = { inventory: 300, metrics: 60, gates: 900 };
/** A reading that missed three turns is called stale; fewer may be one slow answer. */
const STALE_AFTER_TURNS = 3;
const SHORTEST_STALE_SECONDS = 180;

export function staleAfterSeconds(cluster: Pick<ClusterRow, "settings">, kind: SnapshotKind): number {
  const parsed = CadenceSettings.safeParse(cluster.settings);
  const cadence = parsed.success ? parsed.data.poll[`${kind}Seconds`] : undefined;
  return Math.max(SHORTEST_STALE_SECONDS, (cadence ?? DEFAULT_CADENCE[kind]) * STALE_AFTER_TURNS);
}

export function toFreshness(
  cluster: ClusterRow,
  kind: SnapshotKind,
  row: ReadStateRow | undefined,
  now: Date,
): Freshness {
  const limit = staleAfterSeconds(cluster, kind);
  const takenAt = row?.goodTakenAt ?? null;
  const age = takenAt === null ? null : (now.getTime() - takenAt.getTime()) / 1000;
  return {
    kind,
    state: age === null ? "never" : age > limit ? "stale" : "fresh",
    takenAt: isoOrNull(takenAt),
    staleAfterSeconds: limit,
  };
}

/** One entry per kind, also for kinds that were never tried: their absence is told, not hidden. */
export function toReadStates(cluster: ClusterRow, rows: readonly ReadStateRow[], now: Date): ReadState[] {
  return SNAPSHOT_KINDS.map((kind) => {
    const row = rows.find((candidate) => candidate.clusterId === cluster.id && candidate.kind === kind);
    return {
      kind,
      lastReadId: row?.lastReadId ?? null,
      lastStatus: row?.lastStatus == null ? null : ReadStatus.parse(row.lastStatus),
      lastStartedAt: isoOrNull(row?.lastStartedAt ?? null),
      lastFinishedAt: isoOrNull(row?.lastFinishedAt ?? null),
      reason: row?.lastReason ?? null,
      detail: row?.lastDetail ?? null,
      failureCount: row?.failureCount ?? 0,
      freshness: toFreshness(cluster, kind, row, now),
    };
  });
}

/** Why there is no fresh reading: the last attempt's reason, or that there was none. */
export function reasonOf(state: ReadState | undefined): UnknownReason {
  if (state === undefined || state.lastStatus === null) return "not-yet-read";
  if (state.freshness.state === "never" && state.lastStatus === "running") return "not-yet-read";
  const reason = UnknownReason.safeParse(state.reason);
  if (reason.success) return reason.data;
  return state.freshness.state === "stale" ? "stale" : "not-yet-read";
}

export function toSourceState(row: SourceStateRow): SourceState {
  return {
    ...toSourceResult(row),
    readKind: ReadKind.parse(row.readKind),
    attemptedAt: row.attemptedAt.toISOString(),
    lastOkAt: isoOrNull(row.lastOkAt),
  };
}

type SourceColumns = Omit<SourceStateRow, "clusterId" | "readKind" | "attemptedAt" | "lastOkAt">;

/** Status, reason and fix come from columns that only the collector writes, in the contract's words. */
export function toSourceResult(row: SourceColumns): SourceResult {
  return SourceResult.parse({ ...row, fix: row.fix === null ? null : Fix.parse(row.fix) });
}

const FAILURES_KEPT = 20;

export function toBackfillState(row: BackfillRow | undefined): BackfillState {
  if (row === undefined) {
    return {
      state: "not-planned",
      chunkCount: 0,
      doneCount: 0,
      failedCount: 0,
      rowCount: 0,
      lastFinishedAt: null,
      endsAt: null,
      failures: [],
    };
  }
  const isOver = row.doneCount + row.failedCount >= row.chunkCount;
  return {
    state: !isOver ? "running" : row.failedCount > 0 ? "incomplete" : "done",
    chunkCount: row.chunkCount,
    doneCount: row.doneCount,
    failedCount: row.failedCount,
    rowCount: row.rowCount,
    lastFinishedAt: isoOrNull(row.lastFinishedAt),
    endsAt: isoOrNull(row.endsAt),
    failures: row.failures.slice(0, FAILURES_KEPT),
  };
}
