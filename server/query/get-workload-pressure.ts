import type { PressureSeriesQuery, WorkloadPressure } from "../contract/pressure-places.ts";
import type { Viewer } from "../contract/viewer.ts";
import type { MetricId } from "../domain/metrics.ts";
import { looksIdleButStalls } from "../domain/pressure/classify.ts";
import { summarize, withEvents } from "../domain/pressure/series.ts";
import { DEFAULT_THRESHOLDS } from "../domain/pressure/thresholds.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import { readPressurePods, readPressureWorkloads } from "../store/sql/read-pressure-objects.ts";
import { loadSeries, pressureContext } from "./pressure-context.ts";
import { pressureEvidence, specFigure } from "./pressure-figures.ts";
import { sumEvery, sumKnown, toMember } from "./pressure-members.ts";
import { CHART_METRICS, toAnswerSeries, toEpisodes } from "./pressure-series.ts";
import { SUSPECT_METRICS, toSuspects, unmeasuredSuspects } from "./pressure-suspects.ts";

const POD_METRICS = [
  "cpuWaitingRatio",
  "memoryWaitingRatio",
  "ioWaitingRatio",
  "swapUsedBytes",
  ...SUSPECT_METRICS,
] as const satisfies readonly MetricId[];
/** Nodes whose tenants are looked at for suspects; a workload on more is spread so wide that no neighbour explains it. */
const MAX_SUSPECT_NODES = 10;

/**
 * One workload: its series (the worst pod stands for shares, sums for use), its pods, and who shares nodes with it and used
 * more while it waited. Errors: `not-found`, also for a workload of a team that the viewer may not see.
 */
export async function getWorkloadPressure(
  viewer: Viewer,
  params: { readonly id: string; readonly namespace: string; readonly kind: string; readonly name: string },
  query: PressureSeriesQuery,
  now = new Date(),
): Promise<WorkloadPressure> {
  const { pool } = getStore();
  const context = await pressureContext(viewer, params.id, query.window, now);
  const { cluster, scope, plan, source } = context;
  const [workload] = await readPressureWorkloads(pool, scope, [params]);
  if (workload === undefined) {
    throw new AppError("not-found", `There is no ${params.kind} ${params.namespace}/${params.name} in ${params.id}.`);
  }
  const pods = await readPressurePods(pool, scope, { by: "workload", ...params });
  const nodeNames = [...new Set(pods.flatMap(({ nodeName }) => (nodeName === null ? [] : [nodeName])))];
  const around = (
    await Promise.all(
      nodeNames.slice(0, MAX_SUSPECT_NODES).map((nodeName) => readPressurePods(pool, scope, { by: "node", nodeName })),
    )
  ).flat();
  const others = new Map(
    around
      .filter(
        (pod) =>
          !(pod.namespace === params.namespace && pod.workloadKind === params.kind && pod.workloadName === params.name),
      )
      .map((pod) => [
        `${pod.namespace}\u0000${pod.workloadKind}\u0000${pod.workloadName}`,
        { namespace: pod.namespace, kind: pod.workloadKind, name: pod.workloadName },
      ]),
  );
  const neighbours = await readPressureWorkloads(pool, scope, [...others.values()]);
  const [ownOf, podsOf, neighboursOf] = await Promise.all([
    loadSeries(context, [workload.entityId], CHART_METRICS),
    loadSeries(
      context,
      pods.map(({ entityId }) => entityId),
      POD_METRICS,
    ),
    loadSeries(
      context,
      neighbours.map(({ entityId }) => entityId),
      POD_METRICS,
    ),
  ]);
  // The last kill of each container is known from the API, also where no exporter counted it.
  const killedAt = pods.flatMap(({ containers }) =>
    containers.flatMap(({ lastTerminatedReason, lastTerminatedAt }) =>
      lastTerminatedReason === "OOMKilled" && lastTerminatedAt != null ? [lastTerminatedAt] : [],
    ),
  );
  const own = (metric: MetricId) => {
    const series = ownOf(workload.entityId, metric);
    return metric === "oomKillsPerSecond" && series !== undefined ? withEvents(series, killedAt) : series;
  };
  const beside = neighbours.map((neighbour) => ({
    member: neighbour,
    seriesOf: (metric: MetricId) => neighboursOf(neighbour.entityId, metric),
  }));
  const mean = (metric: MetricId) => {
    const series = own(metric);
    return series === undefined ? null : summarize(series).mean;
  };
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
    source,
    evidence: pressureEvidence(
      "workload",
      `${params.namespace}/${params.kind}/${params.name}`,
      `${mean("memoryWaitingRatio") ?? "-"}`,
      source,
      source.newestAt ?? plan.to.toISOString(),
    ),
    workload: {
      namespace: workload.namespace,
      kind: workload.kind,
      name: workload.name,
      team: workload.team,
      podCount: pods.length,
      desiredReplicas: workload.desiredReplicas,
      cpuRequested: specFigure(sumKnown(pods.map((pod) => pod.cpuCoresRequested)), "cores"),
      memoryRequested: specFigure(sumKnown(pods.map((pod) => pod.memoryBytesRequested)), "bytes"),
      cpuLimit: specFigure(sumEvery(pods.map((pod) => pod.cpuCoresLimit)), "cores"),
      memoryLimit: specFigure(sumEvery(pods.map((pod) => pod.memoryBytesLimit)), "bytes"),
    },
    members: pods.map((pod) =>
      toMember(
        { namespace: pod.namespace, kind: "Pod", name: pod.name, team: pod.team, nodeName: pod.nodeName, pods: [pod] },
        (metric) => podsOf(pod.entityId, metric),
        source,
      ),
    ),
    suspects: toSuspects(own, beside),
    unmeasuredSuspects: unmeasuredSuspects(own, beside),
    looksIdleButStalls: looksIdleButStalls(
      {
        cpuUsedCores: mean("cpuUsedCores"),
        cpuCapacityCores: sumKnown(pods.map((pod) => pod.cpuCoresRequested)),
        memoryWaitingRatio: mean("memoryWaitingRatio"),
        ioWaitingRatio: mean("ioWaitingRatio"),
      },
      { memory: DEFAULT_THRESHOLDS.memory.waiting.attention, io: DEFAULT_THRESHOLDS.io.waiting.attention },
    ),
    oomKilledPodCount: pods.filter(({ containers }) =>
      containers.some(({ lastTerminatedReason }) => lastTerminatedReason === "OOMKilled"),
    ).length,
    restartCount: pods.reduce((sum, pod) => sum + pod.restartCount, 0),
  };
}
