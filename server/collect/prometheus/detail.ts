import type { MetricId } from "../../domain/metrics.ts";
import { withoutTop } from "./backfill-plan.ts";
import {
  containerPressureQuery,
  podEventQuery,
  podPressureQuery,
  podTroubleQuery,
  podUseQuery,
} from "./catalogue-pods.ts";
import type { CataloguePart } from "./catalogue-types.ts";
import type { PrometheusClient } from "./client.ts";
import { toStored } from "./entity-samples.ts";
import { partIdOf, windowOf } from "./plan-queries.ts";
import { DEFAULT_INTERVAL_SECONDS, isThere, joinParts, type Presence } from "./presence.ts";
import type { QueryBudget } from "./query-budget.ts";
import { injectMatchers, type Matcher } from "./selector.ts";

export type DetailRequest = {
  readonly namespace: string;
  readonly pod: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
};
export type DetailSeries = {
  readonly metric: MetricId;
  /** Empty = the whole pod. */
  readonly container: string;
  readonly points: readonly (readonly [number, number])[];
};
export type PodDetail = {
  readonly series: readonly DetailSeries[];
  readonly stepSeconds: number;
  /** Quantities that this Prometheus does not have at all: not exposed, which is not calm. */
  readonly withoutSource: readonly MetricId[];
  readonly partial: string | null;
  readonly queryCount: number;
  readonly receivedBytes: number;
};

const MAX_DETAIL_POINTS = 500; // more than a chart has columns
const CONTAINER = "namespace, pod, container";
const IN_CONTAINERS = 'container!="",container!="POD"';

/** The same figures as the catalogue's, of one pod and its containers. */
const containerUse: readonly CataloguePart[] = [
  {
    id: "cpuUsedCores",
    metric: "cpuUsedCores",
    unit: "cores",
    family: "kubelet",
    variants: [
      {
        needs: ["container_cpu_usage_seconds_total"],
        expr: `max by (${CONTAINER}) (rate(container_cpu_usage_seconds_total{${IN_CONTAINERS}}[$window]))`,
      },
    ],
  },
  {
    id: "memoryWorkingSetBytes",
    metric: "memoryWorkingSetBytes",
    unit: "bytes",
    family: "kubelet",
    variants: [
      {
        needs: ["container_memory_working_set_bytes"],
        expr: `max by (${CONTAINER}) (container_memory_working_set_bytes{${IN_CONTAINERS}})`,
      },
    ],
  },
];
const POD_PARTS = [...podUseQuery.parts, ...podPressureQuery.parts, ...podTroubleQuery.parts, ...podEventQuery.parts];
const CONTAINER_PARTS = [...containerUse, ...containerPressureQuery.parts];

/**
 * The recent window of one pod: stalls, use, swap, throttling, restarts on one time axis, for the pod and its containers.
 * Two range queries over a handful of series; throws a PrometheusError.
 */
export async function readPodDetail(
  client: PrometheusClient,
  request: DetailRequest,
  presence: Presence,
  options: { readonly budget: QueryBudget; readonly signal?: AbortSignal | undefined },
): Promise<PodDetail> {
  const stepSeconds = stepFor(request, presence.intervalSeconds.get("kubelet") ?? DEFAULT_INTERVAL_SECONDS);
  const range = {
    startSeconds: Math.floor(request.startSeconds / stepSeconds) * stepSeconds,
    endSeconds: Math.floor(request.endSeconds / stepSeconds) * stepSeconds,
    stepSeconds,
  };
  const withoutSource: MetricId[] = [];
  const queries = [POD_PARTS, CONTAINER_PARTS].flatMap((parts, at) => {
    const written = parts.flatMap((part): (readonly [string, string])[] => {
      const expr = exprOf(part, presence, stepSeconds);
      if (expr === null && at === 0 && part.metric !== null) withoutSource.push(part.metric);
      return expr === null ? [] : [[part.id, injectMatchers(expr, matchersFor(request))]];
    });
    return written.length === 0 ? [] : [joinParts(written)];
  });
  const answers = await Promise.all(queries.map((promql) => client.range(promql, range, options)));
  const series = answers.flatMap((answer) =>
    answer.data.flatMap(({ labels, points }): DetailSeries[] => {
      const metric = [...POD_PARTS, ...CONTAINER_PARTS].find(({ id }) => id === partIdOf(labels))?.metric ?? null;
      if (metric === null) return [];
      const kept = points.filter(([, value]) => Number.isFinite(value) && value >= 0);
      return [
        { metric, container: labels.container ?? "", points: kept.map(([at, value]) => [at, toStored(metric, value)]) },
      ];
    }),
  );
  return {
    series,
    stepSeconds,
    withoutSource,
    partial: answers.find(({ partial }) => partial !== null)?.partial ?? null,
    queryCount: answers.length,
    receivedBytes: answers.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0),
  };
}

/** Not finer than the scrapes, not more points than a chart can show, a multiple of 15 s. */
export function stepFor({ startSeconds, endSeconds }: DetailRequest, intervalSeconds: number): number {
  const wanted = Math.max(intervalSeconds, (endSeconds - startSeconds) / MAX_DETAIL_POINTS, 15);
  return Math.ceil(wanted / 15) * 15;
}

function exprOf(part: CataloguePart, presence: Presence, stepSeconds: number): string | null {
  const variant = part.variants.find(({ needs }) => needs.every((need) => isThere(presence, need)));
  if (variant === undefined) return null;
  const window = Math.max(windowOf(part.family, presence), stepSeconds);
  return withoutTop(variant.expr).replaceAll("$window", `${window}s`);
}

function matchersFor({ namespace, pod }: DetailRequest): readonly Matcher[] {
  return [
    { label: "namespace", operator: "=", value: namespace },
    { label: "pod", operator: "=", value: pod },
  ];
}
