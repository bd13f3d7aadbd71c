import { setTimeout as sleep } from "node:timers/promises";
import type { PollNowAnswer, PollNowBody, PollNowQuery, ReadRecord } from "../contract/polls.ts";
import type { Viewer } from "../contract/viewer.ts";
import { listReadsAfter } from "../query/list-polls.ts";
import { boundFleet } from "../query/scope.ts";
import { getStore } from "../store/client.ts";
import { requestRead } from "../store/queue.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import { requireRole } from "./authorize.ts";
import { changeWithAudit, type Request } from "./change.ts";
import { webQueue } from "./web-queue.ts";

export type PollNow = {
  readonly cluster: string;
  readonly query: PollNowQuery;
  readonly body: PollNowBody;
  readonly signal?: AbortSignal;
};

const FOLLOW_MS = 250;

/**
 * Asks for reads of one cluster now. A kind that is already waiting or running is joined. With `wait` the records are
 * followed until each kind has finished or the time is over; a collector does the reading either way.
 * Errors: `not-found`, `forbidden`, `not-ready` without a queue.
 */
export async function pollNow(viewer: Viewer, question: PollNow, request: Request): Promise<PollNowAnswer> {
  requireRole(viewer, "operator");
  const { clusters, scope } = await boundFleet(viewer, { cluster: [question.cluster] });
  const [cluster] = clusters;
  if (cluster === undefined) throw new Error("boundFleet gave no cluster");
  const kinds = [...new Set(question.body.kinds)];
  const boss = await webQueue();
  // Which read is meant is told by order, not by clocks: hosts may differ by seconds.
  const states = await readReadStates(getStore().pool, scope);
  const joined = new Map<string, boolean>();
  await changeWithAudit(viewer, request, async () => {
    for (const kind of kinds) {
      const job = { clusterId: cluster.id, clusterName: cluster.name, kind, requestedBy: viewer.name };
      joined.set(kind, !(await requestRead(boss, job)));
    }
    return { result: null, event: "poll.requested", subject: `cluster/${cluster.name}`, detail: { kinds } };
  });
  const requestedAt = new Date();
  const reads = kinds.map((kind) => {
    const last = states.find((state) => state.kind === kind);
    const isIncluded = joined.get(kind) === true && last?.lastStatus === "running";
    return { kind, startedAt: last?.lastStartedAt ?? null, isIncluded };
  });
  const look = () => listReadsAfter(viewer, { cluster: cluster.name, reads });
  let records = await look();
  if (question.query.wait) {
    const giveUpAt = performance.now() + question.query.timeoutSeconds * 1000;
    while (!isFinished(kinds, records) && performance.now() < giveUpAt && !question.signal?.aborted) {
      await sleep(FOLLOW_MS);
      records = await look();
    }
  }
  return {
    cluster: cluster.name,
    requestedAt: requestedAt.toISOString(),
    isFinished: isFinished(kinds, records),
    reads: kinds.map((kind) => {
      const record = records.find((candidate) => candidate.kind === kind) ?? null;
      const state = record === null ? "queued" : record.status === "running" ? "running" : "finished";
      return { kind, state, isJoined: joined.get(kind) ?? false, record };
    }),
  };
}

function isFinished(kinds: readonly string[], records: readonly ReadRecord[]): boolean {
  return kinds.every((kind) => records.some((record) => record.kind === kind && record.status !== "running"));
}
