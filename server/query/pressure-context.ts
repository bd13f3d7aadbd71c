import type { PressureSource, PressureWindow } from "../contract/pressure.ts";
import type { Viewer } from "../contract/viewer.ts";
import type { MetricId } from "../domain/metrics.ts";
import type { Series } from "../domain/pressure/series.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import { readPressureSources } from "../store/sql/read-pressure.ts";
import type { Scope } from "../store/sql/rows.ts";
import { readBuckets } from "./pressure-buckets.ts";
import { toPressureSource } from "./pressure-sources.ts";
import { planWindow, toSeries, type WindowPlan } from "./pressure-window.ts";
import { boundFleet } from "./scope.ts";

export type PressureContext = {
  readonly cluster: ClusterRow;
  readonly scope: Scope;
  readonly plan: WindowPlan;
  readonly grid: { readonly from: Date; readonly to: Date; readonly stepSeconds: number };
  readonly source: PressureSource;
};

/** Cluster, bounds and time grid of a question about one thing. Errors: `not-found`. */
export async function pressureContext(
  viewer: Viewer,
  clusterName: string,
  window: PressureWindow,
  now: Date,
): Promise<PressureContext> {
  const { clusters, scope } = await boundFleet(viewer, { cluster: [clusterName] });
  const [cluster] = clusters;
  if (cluster === undefined) throw new AppError("not-found", `There is no cluster named ${clusterName}.`);
  const plan = planWindow(window, now);
  const [row] = await readPressureSources(getStore().pool, scope, {
    from: new Date(plan.to.getTime() - 900_000),
    to: plan.to,
  });
  return {
    cluster,
    scope,
    plan,
    grid: { from: plan.from, to: plan.to, stepSeconds: plan.stepSeconds },
    source: toPressureSource(cluster, row),
  };
}

export type SeriesOf = (entityId: number | null, metric: MetricId) => Series | undefined;

/** Stored series of some entities of the cluster; `undefined` for an entity without any row. */
export async function loadSeries(
  context: PressureContext,
  entityIds: readonly (number | null)[],
  metrics: readonly MetricId[],
): Promise<SeriesOf> {
  const { cluster, scope, plan, grid } = context;
  const entities = entityIds.flatMap((entityId) => (entityId === null ? [] : [{ clusterId: cluster.id, entityId }]));
  const rows = await readBuckets(scope, entities, { basis: plan.seriesBasis, ...grid, metrics });
  const byEntity = Map.groupBy(rows, ({ entityId }) => entityId);
  return (entityId, metric) => {
    const own = entityId === null ? undefined : byEntity.get(entityId);
    const at = metrics.indexOf(metric);
    return own === undefined || at < 0 ? undefined : toSeries(own, at, grid);
  };
}
