import { z } from "zod";
import type {
  GateCell,
  GateChangeList,
  GateChangeQuery,
  GateColumn,
  GateList,
  GateQuery,
  GateRow,
} from "../contract/gates.ts";
import type { Viewer } from "../contract/viewer.ts";
import { type FleetDrift, findFleetDrift } from "../domain/gates/gate-compare.ts";
import type { GateCell as DomainCell, GateRow as DomainRow } from "../domain/gates/gate-types.ts";
import { getStore } from "../store/client.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import { readGateChanges } from "../store/sql/read-gates.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import { computeCoverage } from "./coverage.ts";
import { cutPage, decodeCursor } from "./cursor.ts";
import { isoOrNull } from "./figures.ts";
import { type ClusterMatrix, loadGateMatrices } from "./gate-matrices.ts";
import { boundFleet } from "./scope.ts";
import { targetMinors } from "./target-minors.ts";

type FleetRow = {
  readonly gate: string;
  /** Position of the cluster in the answer, and what its matrix says of the gate. */
  readonly own: readonly { readonly position: number; readonly row: DomainRow }[];
  readonly fleetDrift: FleetDrift | null;
};

/** Every gate on every component and node group of the fleet, with drift within and between clusters. */
export async function listGates(viewer: Viewer, query: GateQuery, now = new Date()): Promise<GateList> {
  const { pool } = getStore();
  const after = decodeCursor(query.cursor, z.string());
  const { clusters, scope } = await boundFleet(viewer, { cluster: query.cluster });
  const [states, nodes] = await Promise.all([readReadStates(pool, scope), readClusterNodes(pool, scope)]);
  const matrices = await loadGateMatrices(pool, clusters, states, query.target ?? null, now);
  const rows = toFleetRows(matrices);
  const chosen = rows.filter((row) => isAsked(row, query));
  const page = cutPage(
    chosen.filter((row) => after === null || row.gate > after),
    query.limit,
    (row) => row.gate,
  );
  const palette = new Palette();
  const offsets = columnOffsets(matrices);
  const hasTarget = query.target !== undefined;
  return {
    items: page.items.map((row) => toGateRow(row, matrices, offsets, palette)),
    nextCursor: page.nextCursor,
    total: chosen.length,
    columns: matrices.flatMap(toColumns),
    palette: palette.cells,
    clusters: matrices.map(({ cluster, matrix, isRead }) => ({
      name: cluster.name,
      minor: matrix.minor,
      takenAt: isRead ? isoOrNull(matrix.takenAt) : null,
    })),
    targets: targetMinors(clusters),
    counts: {
      drift: rows.filter(hasDrift).length,
      fleet: rows.filter((row) => row.fleetDrift !== null).length,
      explicit: rows.filter((row) => some(row, (own) => own.isSetExplicitly)).length,
      differs: rows.filter((row) => some(row, (own) => own.differsFromDefault)).length,
      vanishes: hasTarget ? rows.filter((row) => some(row, (own) => own.vanishesByTarget === true)).length : null,
      unlisted: rows.filter((row) => some(row, (own) => !own.isInCatalogue)).length,
    },
    coverage: computeCoverage("gates", clusters, states, nodes, now),
  };
}

function toFleetRows(matrices: readonly ClusterMatrix[]): FleetRow[] {
  const drift = new Map(
    findFleetDrift(matrices.map(({ cluster, matrix }) => ({ cluster: cluster.name, matrix }))).map(
      (entry) => [entry.gate, entry] as const,
    ),
  );
  const byGate = new Map<string, { position: number; row: DomainRow }[]>();
  matrices.forEach(({ matrix }, position) => {
    for (const row of matrix.rows) {
      const own = byGate.get(row.gate);
      if (own === undefined) byGate.set(row.gate, [{ position, row }]);
      else own.push({ position, row });
    }
  });
  return [...byGate]
    .map(([gate, own]) => ({ gate, own, fleetDrift: drift.get(gate) ?? null }))
    .sort((a, b) => (a.gate < b.gate ? -1 : 1));
}

function some(row: FleetRow, test: (own: DomainRow) => boolean): boolean {
  return row.own.some((entry) => test(entry.row));
}

/** Drift is a difference that no version explains: within a cluster, or between clusters of one minor. */
function hasDrift(row: FleetRow): boolean {
  return row.fleetDrift?.isWithinOneMinor === true || some(row, (own) => own.drift.length > 0);
}

function isAsked(row: FleetRow, { search, only }: GateQuery): boolean {
  if (search !== undefined && !row.gate.toLowerCase().includes(search.toLowerCase())) return false;
  switch (only) {
    case undefined:
      return true;
    case "drift":
      return hasDrift(row);
    case "fleet":
      return row.fleetDrift !== null;
    case "explicit":
      return some(row, (own) => own.isSetExplicitly);
    case "differs":
      return some(row, (own) => own.differsFromDefault);
    case "vanishes":
      return some(row, (own) => own.vanishesByTarget === true);
    case "unlisted":
      return some(row, (own) => !own.isInCatalogue);
  }
}

/** Matrices are kept between questions, and with them what their cells say. */
const cellKeys = new WeakMap<DomainCell, string>();

function keyOf(cell: DomainCell): string {
  const known = cellKeys.get(cell);
  if (known !== undefined) return known;
  const { explicit } = cell;
  const setting =
    explicit.how === "visible" ? `${explicit.isOn}${explicit.source}` : "isOn" in explicit ? explicit.isOn : "";
  const key = `${cell.state}|${cell.isOnByDefault}|${cell.stage}|${cell.isLocked}|${explicit.how}${setting}|${cell.source}|${cell.isInferred}|${cell.isConsulted}|${cell.reason}`;
  cellKeys.set(cell, key);
  return key;
}

/** Equal cells once: a fleet of 20 clusters has tens of thousands of cells and a few dozen different ones. */
class Palette {
  readonly cells: GateCell[] = [];
  readonly #positions = new Map<string, number>();

  positionOf(cell: DomainCell): number {
    const key = keyOf(cell);
    const present = this.#positions.get(key);
    if (present !== undefined) return present;
    this.#positions.set(key, this.cells.length);
    const { group: _group, ...told } = cell;
    this.cells.push(told);
    return this.cells.length - 1;
  }
}

function columnOffsets(matrices: readonly ClusterMatrix[]): number[] {
  let offset = 0;
  return matrices.map(({ matrix }) => {
    const start = offset;
    offset += matrix.groups.length;
    return start;
  });
}

const NOT_KNOWN_HERE = -1;

function toGateRow(
  { gate, own, fleetDrift }: FleetRow,
  matrices: readonly ClusterMatrix[],
  offsets: readonly number[],
  palette: Palette,
): GateRow {
  const columnCount = matrices.reduce((sum, { matrix }) => sum + matrix.groups.length, 0);
  const cells: number[] = new Array(columnCount).fill(NOT_KNOWN_HERE);
  for (const { position, row } of own) {
    const offset = offsets[position] ?? 0;
    row.cells.forEach((cell, index) => {
      cells[offset + index] = palette.positionOf(cell);
    });
  }
  const first = own[0]?.row;
  return {
    gate,
    isInCatalogue: first?.isInCatalogue ?? false,
    kep: first?.kep ?? null,
    components: [...(first?.components ?? [])],
    cells,
    drift: own.flatMap(({ position, row }) =>
      row.drift.map((drift) => ({
        cluster: matrices[position]?.cluster.name ?? "",
        kind: drift.kind,
        cause: drift.cause,
        on: [...drift.on],
        off: [...drift.off],
      })),
    ),
    fleetDrift:
      fleetDrift === null
        ? null
        : {
            on: [...fleetDrift.on],
            off: [...fleetDrift.off],
            mixed: [...fleetDrift.mixed],
            isWithinOneMinor: fleetDrift.isWithinOneMinor,
          },
    isSetExplicitly: own.some(({ row }) => row.isSetExplicitly),
    differsFromDefault: own.some(({ row }) => row.differsFromDefault),
    vanishesByTarget: first?.vanishesByTarget == null ? null : own.some(({ row }) => row.vanishesByTarget === true),
  };
}

function toColumns({ cluster, matrix }: ClusterMatrix): GateColumn[] {
  return matrix.groups.map((group) => ({
    cluster: cluster.name,
    group: group.key,
    label: group.label,
    component: group.component,
    version: group.version,
    pool: group.pool,
    instanceCount: group.instanceCount,
    instances: [...group.instances],
    isRead: group.isRead,
    reason: group.reason,
    readAt: isoOrNull(group.readAt),
  }));
}

const DAY_MS = 86_400_000;

/** Which gate changed where and when, newest first. */
export async function listGateChanges(
  viewer: Viewer,
  query: GateChangeQuery,
  now = new Date(),
): Promise<GateChangeList> {
  const { clusters, scope } = await boundFleet(viewer, { cluster: query.cluster });
  const rows = await readGateChanges(getStore().pool, scope, {
    gate: query.gate ?? null,
    from: new Date(now.getTime() - query.days * DAY_MS),
    to: new Date(now.getTime() + 1),
    limit: query.limit + 1,
  });
  const names = new Map(clusters.map((cluster) => [cluster.id, cluster.name]));
  return {
    items: rows.slice(0, query.limit).map(({ clusterId, at, ...row }) => ({
      ...row,
      cluster: names.get(clusterId) ?? "",
      at: at.toISOString(),
      cause: row.fromVersion === row.toVersion ? ("setting" as const) : ("version" as const),
    })),
    isCut: rows.length > query.limit,
  };
}
