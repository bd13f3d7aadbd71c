import type { PressureHeatmap, PressureHeatmapQuery } from "../contract/pressure.ts";
import type { Viewer } from "../contract/viewer.ts";
import { heatLines } from "../domain/pressure/frames.ts";
import { getStore } from "../store/client.ts";
import { readNodeCounts } from "../store/sql/read-cluster-figures.ts";
import { readHeatNodes } from "../store/sql/read-pressure-frames.ts";
import { readHeatFrames } from "./pressure-steps.ts";
import { planWindow, stepCount } from "./pressure-window.ts";
import { boundFleet } from "./scope.ts";

type HeatRow = {
  readonly cluster: string;
  readonly name: string;
  readonly pool: string | null;
  readonly zone: string | null;
  readonly permille: (number | null)[];
};

/** Nodes × time by cluster, pool and zone: the share of each step in which tasks waited. At most some hundred columns. */
export async function getPressureHeatmap(
  viewer: Viewer,
  query: PressureHeatmapQuery,
  now = new Date(),
): Promise<PressureHeatmap> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, query);
  const nodeCount = (await readNodeCounts(pool, scope)).reduce((sum, row) => sum + row.nodeCount, 0);
  const plan = planWindow(query.window, now, nodeCount);
  const { from, to, heatStepSeconds: stepSeconds } = plan;
  const [frames, nodes] = await Promise.all([readHeatFrames(scope, plan, query), readHeatNodes(pool, scope)]);
  const grid = { from, stepSeconds, columns: stepCount(from, to, stepSeconds), resource: query.resource };
  const nodesOf = Map.groupBy(nodes, ({ clusterId }) => clusterId);
  const rows = [...Map.groupBy(frames, ({ clusterId }) => clusterId)].flatMap(([clusterId, own]): HeatRow[] => {
    const cluster = clusters.find(({ id }) => id === clusterId)?.name ?? "";
    const named = new Map(nodesOf.get(clusterId)?.map((node) => [node.entityId, node]));
    return heatLines(clusterId, own, grid).flatMap(({ entityId, permille }) => {
      const node = named.get(entityId);
      return node === undefined ? [] : [{ cluster, name: node.name, pool: node.pool, zone: node.zone, permille }];
    });
  });
  const groups = Map.groupBy(rows, (row) => `${row.cluster}\u0000${row.pool ?? ""}\u0000${row.zone ?? ""}`);
  return {
    // Hottest first: what matters is in sight without scrolling.
    groups: [...groups.values()]
      .map((members) => ({ members, hottest: hottest(members) }))
      .sort((a, b) => b.hottest - a.hottest)
      .flatMap(({ members }) => {
        const [first] = members;
        if (first === undefined) return [];
        const { cluster, pool: poolName, zone } = first;
        return [
          {
            cluster,
            pool: poolName,
            zone,
            nodes: members.map(({ name, permille }) => ({ name, permille })).sort(byName),
          },
        ];
      }),
    range: { from: from.toISOString(), to: to.toISOString() },
    stepSeconds,
    nodeCount: rows.length,
  };
}

function hottest(members: readonly HeatRow[]): number {
  let top = -1;
  for (const { permille } of members) for (const value of permille) if (value !== null && value > top) top = value;
  return top;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
