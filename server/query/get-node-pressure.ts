import type { NodePressure, PressureSeriesQuery } from "../contract/pressure-places.ts";
import type { Viewer } from "../contract/viewer.ts";
import type { MetricId } from "../domain/metrics.ts";
import { DEFAULT_THRESHOLDS } from "../domain/pressure/thresholds.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import { readPressureNode, readPressurePods, readPressureWorkloads } from "../store/sql/read-pressure-objects.ts";
import { readSwapBehavior } from "./kubelet-swap.ts";
import { loadSeries, pressureContext } from "./pressure-context.ts";
import { pressureEvidence, quantityFigure, specFigure } from "./pressure-figures.ts";
import { toMember } from "./pressure-members.ts";
import { CHART_METRICS, toAnswerSeries, toEpisodes } from "./pressure-series.ts";
import { SUSPECT_METRICS, toSuspects, unmeasuredSuspects } from "./pressure-suspects.ts";

const MEMBER_METRICS = [
  "cpuWaitingRatio",
  "memoryWaitingRatio",
  "ioWaitingRatio",
  "swapUsedBytes",
  ...SUSPECT_METRICS,
] as const satisfies readonly MetricId[];

/**
 * One node: its series on one time axis, the workloads on it with how they waited, and the neighbours whose use moved with the
 * stalls. Workload figures are those of all its pods, also on other nodes. Errors: `not-found`.
 */
export async function getNodePressure(
  viewer: Viewer,
  params: { readonly id: string; readonly node: string },
  query: PressureSeriesQuery,
  now = new Date(),
): Promise<NodePressure> {
  const { pool } = getStore();
  const context = await pressureContext(viewer, params.id, query.window, now);
  const { cluster, scope, plan, source } = context;
  const node = await readPressureNode(pool, scope, params.node);
  if (node === null) throw new AppError("not-found", `There is no node named ${params.node} in ${params.id}.`);
  const pods = await readPressurePods(pool, scope, { by: "node", nodeName: node.name });
  const byWorkload = Map.groupBy(pods, (pod) => `${pod.namespace}\u0000${pod.workloadKind}\u0000${pod.workloadName}`);
  const names = [...byWorkload.values()].flatMap(([pod]) =>
    pod === undefined ? [] : [{ namespace: pod.namespace, kind: pod.workloadKind, name: pod.workloadName }],
  );
  const workloads = await readPressureWorkloads(pool, scope, names);
  const [ownOf, membersOf, swapBehavior] = await Promise.all([
    loadSeries(context, [node.entityId], CHART_METRICS),
    loadSeries(
      context,
      workloads.map(({ entityId }) => entityId),
      MEMBER_METRICS,
    ),
    readSwapBehavior(scope, node.name, now),
  ]);
  const own = (metric: MetricId) => ownOf(node.entityId, metric);
  const neighbours = workloads.map((workload) => ({
    member: workload,
    seriesOf: (metric: MetricId) => membersOf(workload.entityId, metric),
  }));
  const newest = (metric: MetricId) => own(metric)?.values.findLast((value) => value !== null) ?? null;
  const isMeasured = source.unexposedNodes.includes(node.name) ? ("not-exposed" as const) : source.state;
  return {
    cluster: cluster.name,
    window: query.window,
    range: { from: plan.from.toISOString(), to: plan.to.toISOString() },
    stepSeconds: plan.stepSeconds,
    basis: plan.seriesBasis,
    series: toAnswerSeries(
      CHART_METRICS.flatMap((metric) => {
        const series = own(metric);
        return series === undefined ? [] : [[metric, "", series] as const];
      }),
    ),
    episodes: toEpisodes(own),
    limits: DEFAULT_THRESHOLDS,
    source: { ...source, state: isMeasured },
    evidence: pressureEvidence(
      "node",
      node.name,
      newest("cpuWaitingRatio") === null ? "-" : `cpuWaitingRatio ${newest("cpuWaitingRatio")}`,
      source,
      source.newestAt ?? plan.to.toISOString(),
    ),
    node: {
      name: node.name,
      pool: node.pool,
      zone: node.zone,
      instanceType: node.instanceType,
      kubeletVersion: node.kubeletVersion,
      kernelVersion: node.kernelVersion,
      cpuCapacity: specFigure(node.cpuCores, "cores"),
      memoryCapacity: specFigure(node.memoryBytes, "bytes"),
      swap: {
        behavior: swapBehavior,
        capacity: quantityFigure(node.swapBytes, "bytes", source),
        used: quantityFigure(newest("swapUsedBytes"), "bytes", source),
      },
    },
    members: workloads
      .map((workload) =>
        toMember(
          {
            ...workload,
            nodeName: node.name,
            pods: byWorkload.get(`${workload.namespace}\u0000${workload.kind}\u0000${workload.name}`) ?? [],
          },
          (metric) => membersOf(workload.entityId, metric),
          source,
        ),
      )
      .sort((a, b) => worst(b) - worst(a)),
    suspects: toSuspects(own, neighbours),
    unmeasuredSuspects: unmeasuredSuspects(own, neighbours),
  };
}

function worst({ shares }: NodePressure["members"][number]): number {
  return Math.max(...Object.values(shares).map((figure) => (figure.state === "value" ? figure.value : -1)));
}
