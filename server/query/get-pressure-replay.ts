import type { PressureReplay, PressureReplayQuery, ReplayOption } from "../contract/pressure-replay.ts";
import type { Viewer } from "../contract/viewer.ts";
import {
  DEFAULT_SCALING,
  type Replay,
  replayAutoscaling,
  replayRecorded,
  type ScalingSettings,
} from "../domain/pressure/autoscale-replay.ts";
import { autoscalingManifests } from "../domain/pressure/autoscaling-manifests.ts";
import { costPerReplicaHour } from "../domain/pressure/replica-cost.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import { readPressurePods, readPressureWorkloads } from "../store/sql/read-pressure-objects.ts";
import { readReplicaCost } from "../store/sql/read-replica-cost.ts";
import { valueFigure } from "./figures.ts";
import { loadInstallation } from "./installation.ts";
import { loadSeries, pressureContext } from "./pressure-context.ts";

/** Steady beats quick: what waits for a quarter of an hour before it grows and half an hour before it shrinks. */
const PATIENT = { scaleUpStabilizationSeconds: 900, scaleDownStabilizationSeconds: 1_800 } as const;
const EAGER = { scaleUpStabilizationSeconds: 0, scaleDownStabilizationSeconds: 0 } as const;
const MAX_EVENTS = 50;
/** Full hours that the cost of a replica is taken from. */
const COST_HOURS = 6;
const HOUR_MS = 3_600_000;

/**
 * What an autoscaler on pressure would have done with a workload's stored history, for the asked settings beside an eager and a
 * patient variant, and the manifests that would do it.
 *
 * Basis: the worst pod's share and the counted replicas per step; where they were not counted, today's number stands in.
 * Errors: `not-found`.
 */
export async function getPressureReplay(
  viewer: Viewer,
  params: { readonly id: string; readonly namespace: string; readonly kind: string; readonly name: string },
  query: PressureReplayQuery,
  now = new Date(),
): Promise<PressureReplay> {
  const { pool } = getStore();
  const context = await pressureContext(viewer, params.id, query.window, now);
  const { scope, grid } = context;
  const [workload] = await readPressureWorkloads(pool, scope, [params]);
  if (workload === undefined)
    throw new AppError("not-found", `There is no ${params.kind} ${params.namespace}/${params.name} in ${params.id}.`);
  const pods = await readPressurePods(pool, scope, { by: "workload", ...params });
  const metric = `${query.resource}WaitingRatio` as const;
  const currentHour = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  const [seriesOf, costHours, { currency }] = await Promise.all([
    loadSeries(context, [workload.entityId], [metric, "replicaCount"]),
    readReplicaCost(pool, scope, workload, {
      from: new Date(currentHour - COST_HOURS * HOUR_MS),
      to: new Date(currentHour),
    }),
    loadInstallation(),
  ]);
  const pressure = seriesOf(workload.entityId, metric);
  const replicas = workload.desiredReplicas ?? pods.length;
  const price = costPerReplicaHour(costHours, replicas);
  const counted = seriesOf(workload.entityId, "replicaCount")?.values.map((value) =>
    value === null ? null : Math.round(value),
  );
  const hasSample = pressure?.values.some((value) => value !== null) === true;
  const recorded =
    pressure === undefined
      ? null
      : { ...pressure, values: pressure.values.map((_, index) => counted?.[index] ?? replicas) };
  const settings: ScalingSettings = {
    ...DEFAULT_SCALING,
    targetRatio: query.target,
    minReplicas: Math.min(query.min, query.max),
    maxReplicas: Math.max(query.min, query.max),
    scaleUpStabilizationSeconds: query.upSeconds,
    scaleDownStabilizationSeconds: query.downSeconds,
  };
  const toOption = (id: ReplayOption["id"], own: ScalingSettings, replay: Replay): ReplayOption => ({
    id,
    targetRatio: own.targetRatio,
    minReplicas: own.minReplicas,
    maxReplicas: own.maxReplicas,
    upSeconds: own.scaleUpStabilizationSeconds,
    downSeconds: own.scaleDownStabilizationSeconds,
    eventCount: replay.events.length,
    flapCount: replay.flapCount,
    replicaHours: replay.replicaHours,
    recordedReplicaHours: replay.recordedReplicaHours,
    cost: price === null ? null : replay.replicaHours * price,
    surplusReplicaHours: replay.surplusReplicaHours,
    peakReplicas: replay.peakReplicas,
    missingSteps: replay.missingSteps,
    events: replay.events.slice(-MAX_EVENTS).map(({ at, from, to }) => ({ at: at.toISOString(), from, to })),
    replicas: [...replay.replicas],
  });
  const run = (id: ReplayOption["id"], own: ScalingSettings): ReplayOption[] =>
    pressure === undefined || recorded === null || !hasSample
      ? []
      : [toOption(id, own, replayAutoscaling(pressure, recorded, own))];
  const kind = params.kind === "Deployment" || params.kind === "StatefulSet" ? params.kind : null;
  return {
    range: { from: grid.from.toISOString(), to: grid.to.toISOString() },
    stepSeconds: grid.stepSeconds,
    resource: query.resource,
    currentReplicas: replicas,
    countedSteps: counted?.filter((value) => value !== null).length ?? 0,
    stepCount: pressure?.values.length ?? 0,
    currency,
    costPerReplicaHour:
      price === null
        ? { state: "unknown", unit: `money/h:${currency}`, reason: "not-yet-read" }
        : valueFigure(price, `money/h:${currency}`),
    options: [
      ...(pressure === undefined || recorded === null || !hasSample
        ? []
        : [toOption("recorded", settings, replayRecorded(pressure, recorded, settings))]),
      ...run("asked", settings),
      ...run("eager", { ...settings, ...EAGER }),
      ...run("patient", { ...settings, ...PATIENT }),
    ],
    manifests:
      kind === null
        ? null
        : autoscalingManifests(
            { namespace: params.namespace, name: params.name, kind, resource: query.resource },
            settings,
          ),
  };
}
