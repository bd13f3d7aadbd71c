import type { PressureHeatmap, PressureHeatmapQuery } from "../contract/pressure.ts";
import type { Viewer } from "../contract/viewer.ts";
import { DEFAULT_THRESHOLDS, PRESSURE_RESOURCES } from "../domain/pressure/thresholds.ts";
import { getStore } from "../store/client.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import { type HeatRow, readPressureHeat } from "../store/sql/read-pressure-series.ts";
import { planWindow, stepCount } from "./pressure-window.ts";
import { boundFleet } from "./scope.ts";

/** Nodes × time by cluster, pool and zone: the share of each step in which tasks waited. At most some hundred columns. */
export async function getPressureHeatmap(
  viewer: Viewer,
  query: PressureHeatmapQuery,
  now = new Date(),
): Promise<PressureHeatmap> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, query);
  const nodeCount = (await readClusterNodes(pool, scope)).reduce((sum, row) => sum + row.nodeCount, 0);
  const plan = planWindow(query.window, now, nodeCount);
  const resources = PRESSURE_RESOURCES.filter((name) => query.resource === "any" || query.resource === name);
  const rows = await readPressureHeat(pool, scope, {
    basis: plan.heatBasis,
    from: plan.from,
    to: plan.to,
    stepSeconds: plan.heatStepSeconds,
    metrics: resources.map((name) => ({
      id: `${name}${query.kind === "waiting" ? "Waiting" : "Stalled"}Ratio` as const,
      critical: DEFAULT_THRESHOLDS[name][query.kind].critical,
    })),
  });
  const columns = stepCount(plan.from, plan.to, plan.heatStepSeconds);
  const groups = Map.groupBy(rows, (row) => `${row.clusterId}\u0000${row.pool ?? ""}\u0000${row.zone ?? ""}`);
  return {
    // Hottest first: what matters is in sight without scrolling.
    groups: [...groups.values()]
      .sort((a, b) => hottest(b) - hottest(a))
      .flatMap((members) => {
        const [first] = members;
        if (first === undefined) return [];
        return [
          {
            cluster: clusters.find(({ id }) => id === first.clusterId)?.name ?? "",
            pool: first.pool,
            zone: first.zone,
            nodes: members.map((row) => ({ name: row.name, permille: spread(row.buckets, row.permille, columns) })),
          },
        ];
      }),
    range: { from: plan.from.toISOString(), to: plan.to.toISOString() },
    stepSeconds: plan.heatStepSeconds,
    nodeCount: rows.length,
  };
}

function hottest(members: readonly HeatRow[]): number {
  return members.reduce(
    (max, { permille }) => permille.reduce<number>((top, value) => Math.max(top, value ?? -1), max),
    -1,
  );
}

function spread(buckets: readonly number[], values: readonly (number | null)[], columns: number): (number | null)[] {
  const cells = new Array<number | null>(columns).fill(null);
  buckets.forEach((bucket, at) => {
    if (bucket >= 0 && bucket < columns) cells[bucket] = values[at] ?? null;
  });
  return cells;
}
