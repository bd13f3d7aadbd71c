import type { NodePoolZone } from "#server/contract/clusters.ts";

export type MatrixCell = {
  readonly nodeCount: number;
  readonly readyCount: number;
  readonly readinessUnknownCount: number;
  readonly cordonedCount: number;
};
export type MatrixRow = {
  readonly pool: string | null;
  /** One per zone; `null` = no node of the pool stands there. */
  readonly cells: readonly (MatrixCell | null)[];
  readonly total: MatrixCell;
};
export type NodeMatrixData = {
  readonly zones: readonly (string | null)[];
  readonly rows: readonly MatrixRow[];
  /** One per zone. */
  readonly totals: readonly MatrixCell[];
  readonly total: MatrixCell;
};

/** Pools by zones with sums on both sides; what carries no label stands last under `null`. */
export function prepareNodeMatrix(nodes: readonly NodePoolZone[]): NodeMatrixData {
  const pools = distinct(nodes.map(({ pool }) => pool));
  const zones = distinct(nodes.map(({ zone }) => zone));
  const at = (pool: string | null, zone: string | null) =>
    nodes.filter((node) => node.pool === pool && node.zone === zone);
  return {
    zones,
    rows: pools.map((pool) => ({
      pool,
      cells: zones.map((zone) => {
        const own = at(pool, zone);
        return own.length === 0 ? null : addUp(own);
      }),
      total: addUp(nodes.filter((node) => node.pool === pool)),
    })),
    totals: zones.map((zone) => addUp(nodes.filter((node) => node.zone === zone))),
    total: addUp(nodes),
  };
}

function addUp(nodes: readonly MatrixCell[]): MatrixCell {
  const sum = (pick: (cell: MatrixCell) => number) => nodes.reduce((whole, cell) => whole + pick(cell), 0);
  return {
    nodeCount: sum(({ nodeCount }) => nodeCount),
    readyCount: sum(({ readyCount }) => readyCount),
    readinessUnknownCount: sum(({ readinessUnknownCount }) => readinessUnknownCount),
    cordonedCount: sum(({ cordonedCount }) => cordonedCount),
  };
}

function distinct(values: readonly (string | null)[]): (string | null)[] {
  return [...new Set(values)].sort((a, b) => (a === null ? 1 : b === null ? -1 : a.localeCompare(b)));
}
