import type { GateCell, GateColumn, GateRow } from "../contract/gates.ts";
import { type FleetDrift, findFleetDrift } from "../domain/gates/gate-compare.ts";
import type { GateCell as DomainCell, GateRow as DomainRow, GateMatrix } from "../domain/gates/gate-types.ts";
import { isoOrNull } from "./figures.ts";
import type { ClusterMatrix } from "./gate-matrices.ts";

type FleetRow = {
  readonly gate: string;
  /** Position of the cluster in the answer, and what its matrix says of the gate. */
  readonly own: readonly { readonly position: number; readonly row: DomainRow }[];
  readonly fleetDrift: FleetDrift | null;
};

export type DrawnFleet = {
  readonly rows: GateRow[];
  readonly columns: GateColumn[];
  readonly palette: GateCell[];
};

// 20 clusters are some 300,000 cells, which follow from matrices that never change: they are drawn once. A few fleets are
// kept, since readers ask for all clusters or for some, with a target or without; each is a few megabytes.
const MAX_KEPT = 8;
const drawn = new Map<string, DrawnFleet>();
const numbers = new WeakMap<GateMatrix, number>();
let lastNumber = 0;

/** Rows, columns and palette of the matrices in their order; the answer is shared and must not be changed. */
export function drawFleet(matrices: readonly ClusterMatrix[]): DrawnFleet {
  const key = JSON.stringify(matrices.map(({ cluster, matrix }) => [cluster.name, numberOf(matrix)]));
  const kept = drawn.get(key);
  if (kept !== undefined) {
    drawn.delete(key); // the newest question is the last to be forgotten
    drawn.set(key, kept);
    return kept;
  }
  const palette = new Palette();
  const offsets = columnOffsets(matrices);
  const rows = toFleetRows(matrices).map((row) => toGateRow(row, matrices, offsets, palette));
  const fleet = { rows, columns: matrices.flatMap(toColumns), palette: palette.cells };
  drawn.set(key, fleet);
  const oldest = drawn.keys().next().value;
  if (drawn.size > MAX_KEPT && oldest !== undefined) drawn.delete(oldest);
  return fleet;
}

function numberOf(matrix: GateMatrix): number {
  const known = numbers.get(matrix);
  if (known !== undefined) return known;
  lastNumber += 1;
  numbers.set(matrix, lastNumber);
  return lastNumber;
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

/** Equal cells once: a fleet of 20 clusters has tens of thousands of cells and a few dozen different ones. */
class Palette {
  readonly cells: GateCell[] = [];
  readonly #positions = new Map<string, number>();

  positionOf(cell: DomainCell): number {
    const { explicit } = cell;
    const setting =
      explicit.how === "visible" ? `${explicit.isOn}${explicit.source}` : "isOn" in explicit ? explicit.isOn : "";
    const key = `${cell.state}|${cell.isOnByDefault}|${cell.stage}|${cell.isLocked}|${explicit.how}${setting}|${cell.source}|${cell.isInferred}|${cell.isConsulted}|${cell.reason}`;
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
