import type { DetailRequest, PressureSeriesQuery } from "../contract/pressure-places.ts";
import type { Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";
import { WINDOW_SECONDS } from "../query/pressure-window.ts";
import { boundFleet } from "../query/scope.ts";
import { getStore } from "../store/client.ts";
import { requestDetail } from "../store/details.ts";
import { readDetailResult, readPressurePods } from "../store/sql/read-pressure-objects.ts";
import { insertAuditEvent } from "../store/sql/write-audit.ts";
import { webQueue } from "./web-queue.ts";

/** Windows end on whole minutes: whoever opens the same pod within one shares the job and its answer. */
const ALIGN_MS = 60_000;

/**
 * Asks for the recent window of one pod from its source, or joins who asked already. Only a collector reads; the answer is
 * found by `untilAt`. Errors: `not-found` for a pod that the viewer may not see, `too-many-requests`, `not-ready` without a queue.
 */
export async function requestPodDetail(
  viewer: Viewer,
  params: { readonly id: string; readonly namespace: string; readonly pod: string },
  query: PressureSeriesQuery,
  now = new Date(),
): Promise<DetailRequest> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, { cluster: [params.id] });
  const [cluster] = clusters;
  const [pod] = await readPressurePods(pool, scope, { by: "pod", namespace: params.namespace, name: params.pod });
  if (cluster === undefined || pod === undefined)
    throw new AppError("not-found", `There is no pod ${params.namespace}/${params.pod} in ${params.id}.`);
  const windowSeconds = WINDOW_SECONDS[query.window];
  const untilAt = new Date(Math.floor(now.getTime() / ALIGN_MS) * ALIGN_MS);
  const answer = { untilAt: untilAt.toISOString(), windowSeconds };
  const done = await readDetailResult(pool, scope, { namespace: pod.namespace, pod: pod.name, windowSeconds, untilAt });
  if (done !== null) return { ...answer, isJoined: true };
  const boss = await webQueue();
  const turn = await requestDetail(pool, boss, {
    clusterId: cluster.id,
    clusterName: cluster.name,
    namespace: pod.namespace,
    pod: pod.name,
    windowSeconds,
    untilAt: answer.untilAt,
  });
  if (turn === "refused")
    throw new AppError("too-many-requests", "Many pods of this cluster are being read; try again in a moment.");
  if (turn !== "joined") {
    await insertAuditEvent(pool, {
      actor: viewer.name,
      event: "poll.pod-requested",
      subject: `pod/${cluster.name}/${pod.namespace}/${pod.name}`,
      detail: { windowSeconds },
      requestId: null,
      address: viewer.address ?? null,
    });
  }
  return { ...answer, isJoined: turn === "joined" };
}
