import { z } from "zod";
import type { PodContainer, PodPressure, PodPressureQuery } from "../contract/pressure-places.ts";
import type { Viewer } from "../contract/viewer.ts";
import { METRIC_IDS, type MetricId } from "../domain/metrics.ts";
import { limitedSwapBytes } from "../domain/pressure/limited-swap.ts";
import type { Series } from "../domain/pressure/series.ts";
import { DEFAULT_THRESHOLDS } from "../domain/pressure/thresholds.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import {
  type DetailRow,
  type PressureNodeRow,
  type PressurePodRow,
  readDetailResult,
  readPressureNode,
  readPressurePods,
} from "../store/sql/read-pressure-objects.ts";
import { isoOrNull } from "./figures.ts";
import { readSwapBehavior } from "./kubelet-swap.ts";
import { loadSeries, pressureContext } from "./pressure-context.ts";
import { pressureEvidence, specFigure } from "./pressure-figures.ts";
import { CHART_METRICS, toAnswerSeries, toEpisodes } from "./pressure-series.ts";
import { stepCount, WINDOW_SECONDS } from "./pressure-window.ts";

const Metric = z.enum(METRIC_IDS as [MetricId, ...MetricId[]]);
/** What the detail job stores (collect/prometheus/detail.ts). */
const DetailBody = z.object({
  series: z.array(
    z.object({
      metric: Metric,
      container: z.string(),
      points: z.array(z.tuple([z.number(), z.number()])),
    }),
  ),
  stepSeconds: z.number().positive(),
  withoutSource: z.array(Metric),
});

type Grid = { readonly from: Date; readonly to: Date; readonly stepSeconds: number };

/**
 * One pod: the answer of its detail job where it has arrived, else what is stored. Containers with what they ask for and how much
 * they may swap. Errors: `not-found`, also for a pod of a team that the viewer may not see.
 */
export async function getPodPressure(
  viewer: Viewer,
  params: { readonly id: string; readonly namespace: string; readonly pod: string },
  query: PodPressureQuery,
  now = new Date(),
): Promise<PodPressure> {
  const { pool } = getStore();
  const context = await pressureContext(viewer, params.id, query.window, now);
  const { cluster, scope, plan, source } = context;
  const [pod] = await readPressurePods(pool, scope, { by: "pod", namespace: params.namespace, name: params.pod });
  if (pod === undefined)
    throw new AppError("not-found", `There is no pod ${params.namespace}/${params.pod} in ${params.id}.`);
  const windowSeconds = WINDOW_SECONDS[query.window];
  const untilAt = query.until === undefined ? null : new Date(query.until);
  const [node, behavior, result] = await Promise.all([
    pod.nodeName === null ? null : readPressureNode(pool, scope, pod.nodeName),
    pod.nodeName === null ? null : readSwapBehavior(scope, pod.nodeName, now),
    untilAt === null
      ? null
      : readDetailResult(pool, scope, { namespace: pod.namespace, pod: pod.name, windowSeconds, untilAt }),
  ]);
  const body = result?.status === "done" ? DetailBody.safeParse(result.body) : null;
  const read = body?.success === true && untilAt !== null ? fromDetail(body.data, untilAt, windowSeconds) : null;
  const grid: Grid = read?.grid ?? context.grid;
  const entries = read?.entries ?? (await stored(context, pod));
  const own = (metric: MetricId) => entries.find(([id, container]) => id === metric && container === "")?.[2];
  return {
    cluster: cluster.name,
    window: query.window,
    range: { from: grid.from.toISOString(), to: grid.to.toISOString() },
    stepSeconds: grid.stepSeconds,
    basis: read === null ? plan.seriesBasis : "detail",
    series: toAnswerSeries(entries),
    episodes: toEpisodes(own),
    limits: DEFAULT_THRESHOLDS,
    source,
    evidence: pressureEvidence(
      "pod",
      `${pod.namespace}/${pod.name}`,
      "-",
      source,
      isoOrNull(result?.finishedAt ?? null) ?? source.newestAt ?? plan.to.toISOString(),
    ),
    pod: {
      namespace: pod.namespace,
      name: pod.name,
      team: pod.team,
      nodeName: pod.nodeName,
      workloadKind: pod.workloadKind,
      workloadName: pod.workloadName,
      phase: pod.phase,
      reason: pod.reason,
      qosClass: pod.qosClass,
      startedAt: isoOrNull(pod.startedAt),
    },
    containers: toContainers(pod, node, behavior),
    detail: toDetailState(result, body?.success ?? true),
    withoutSource: body?.success === true ? body.data.withoutSource : [],
  };
}

async function stored(context: Parameters<typeof loadSeries>[0], pod: PressurePodRow) {
  const of = await loadSeries(context, [pod.entityId], CHART_METRICS);
  return CHART_METRICS.flatMap((metric): (readonly [MetricId, string, Series])[] => {
    const series = of(pod.entityId, metric);
    return series === undefined ? [] : [[metric, "", series]];
  });
}

function fromDetail(body: z.infer<typeof DetailBody>, untilAt: Date, windowSeconds: number) {
  const { stepSeconds } = body;
  const align = (seconds: number) => Math.floor(seconds / stepSeconds) * stepSeconds * 1000;
  const end = untilAt.getTime() / 1000;
  const grid = {
    from: new Date(align(end - windowSeconds)),
    to: new Date(align(end) + stepSeconds * 1000),
    stepSeconds,
  };
  const count = stepCount(grid.from, grid.to, stepSeconds);
  const entries = body.series.map(({ metric, container, points }): readonly [MetricId, string, Series] => {
    const values = new Array<number | null>(count).fill(null);
    for (const [at, value] of points) {
      const index = Math.round((at * 1000 - grid.from.getTime()) / (stepSeconds * 1000));
      if (index >= 0 && index < count) values[index] = value;
    }
    return [metric, container, { startAt: grid.from, stepSeconds, values }];
  });
  return { grid, entries };
}

function toDetailState(result: DetailRow | null, isReadable: boolean): PodPressure["detail"] {
  if (result === null) return { state: "reading", reason: null, detail: null, finishedAt: null };
  const finishedAt = result.finishedAt.toISOString();
  if (!isReadable) return { state: "failed", reason: "malformed", detail: null, finishedAt };
  return { state: result.status, reason: result.reason, detail: result.detail, finishedAt };
}

function toContainers(pod: PressurePodRow, node: PressureNodeRow | null, swapBehavior: string | null): PodContainer[] {
  return pod.containers.map((container) => {
    const swap = limitedSwapBytes(
      {
        memoryRequestedBytes: container.memoryBytesRequested ?? null,
        memoryLimitBytes: container.memoryBytesLimit ?? null,
      },
      { qosClass: pod.qosClass, isCritical: pod.namespace === "kube-system" && pod.workloadKind === "Node" },
      {
        memoryCapacityBytes: node?.memoryBytes ?? null,
        swapCapacityBytes: node?.swapBytes ?? null,
        swapBehavior,
      },
    );
    return {
      name: container.name,
      state: container.state ?? null,
      stateReason: container.stateReason ?? null,
      lastTerminatedReason: container.lastTerminatedReason ?? null,
      restartCount: container.restartCount ?? 0,
      cpuRequested: specFigure(container.cpuCoresRequested, "cores"),
      cpuLimit: specFigure(container.cpuCoresLimit, "cores"),
      memoryRequested: specFigure(container.memoryBytesRequested, "bytes"),
      memoryLimit: specFigure(container.memoryBytesLimit, "bytes"),
      swapLimit:
        swap === null
          ? { state: "unknown", unit: "bytes", reason: "not-yet-read" }
          : { state: "value", unit: "bytes", value: swap },
    };
  });
}
