import type { GateCell, GateColumn, GateRow } from "../contract/gates.ts";
import { aboutGate, CellPalette, type EncodedMatrix, type EncodedRow } from "../domain/gates/encoded-matrix.ts";
import { type FleetDrift, findFleetDrift } from "../domain/gates/gate-compare.ts";
import { gatesThatVanish } from "../domain/gates/gate-state.ts";
import { isoOrNull } from "./figures.ts";
import type { ClusterGates } from "./gate-matrices.ts";

type FleetRow = {
  readonly gate: string;
  /** Position of the cluster in the answer, and what its matrix says of the gate. */
  readonly own: readonly { readonly position: number; readonly row: EncodedRow }[];
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
const numbers = new WeakMap<EncodedMatrix, number>();
let lastNumber = 0;

/** Rows, columns and palette of the matrices in their order; the answer is shared and must not be changed. */
export function drawFleet(clusters: readonly ClusterGates[], target: string | null): DrawnFleet {
  const key = JSON.stringify([target, clusters.map(({ cluster, matrix }) => [cluster.name, numberOf(matrix)])]);
  const kept = drawn.get(key);
  if (kept !== undefined) {
    drawn.delete(key); // the newest question is the last to be forgotten
    drawn.set(key, kept);
    return kept;
  }
  const palette = new CellPalette<GateCell>();
  const places = clusters.map(({ matrix }) => matrix.palette.map((cell) => palette.positionOf(cell)));
  const offsets = columnOffsets(clusters);
  const vanishing = clusters.map(({ matrix }) => (target === null ? null : gatesThatVanish(matrix, target)));
  const rows = toFleetRows(clusters).map((row) => toGateRow(row, { clusters, offsets, places, vanishing }));
  const fleet = { rows, columns: clusters.flatMap(toColumns), palette: palette.cells };
  drawn.set(key, fleet);
  const oldest = drawn.keys().next().value;
  if (drawn.size > MAX_KEPT && oldest !== undefined) drawn.delete(oldest);
  return fleet;
}

function numberOf(matrix: EncodedMatrix): number {
  const known = numbers.get(matrix);
  if (known !== undefined) return known;
  lastNumber += 1;
  numbers.set(matrix, lastNumber);
  return lastNumber;
}

function toFleetRows(clusters: readonly ClusterGates[]): FleetRow[] {
  const drift = new Map(
    findFleetDrift(clusters.map(({ cluster, matrix }) => ({ cluster: cluster.name, matrix }))).map(
      (entry) => [entry.gate, entry] as const,
    ),
  );
  const byGate = new Map<string, { position: number; row: EncodedRow }[]>();
  clusters.forEach(({ matrix }, position) => {
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

/** Where the columns of each cluster begin, and behind the last of them where they end. */
function columnOffsets(clusters: readonly ClusterGates[]): number[] {
  const offsets = [0];
  for (const { matrix } of clusters) offsets.push((offsets.at(-1) ?? 0) + matrix.groups.length);
  return offsets;
}

const NOT_KNOWN_HERE = -1;

type Drawing = {
  readonly clusters: readonly ClusterGates[];
  readonly offsets: readonly number[];
  /** By cluster and position in its own palette: the position in the palette of the answer. */
  readonly places: readonly (readonly number[])[];
  /** By cluster: the gates that the target no longer knows; `null` without a target. */
  readonly vanishing: readonly (ReadonlySet<string> | null)[];
};

function toGateRow({ gate, own, fleetDrift }: FleetRow, { clusters, offsets, places, vanishing }: Drawing): GateRow {
  const cells: number[] = new Array(offsets.at(-1) ?? 0).fill(NOT_KNOWN_HERE);
  for (const { position, row } of own) {
    const offset = offsets[position] ?? 0;
    const place = places[position] ?? [];
    for (let index = 0; index < row.cells.length; index += 1)
      cells[offset + index] = place[row.cells[index] ?? -1] ?? NOT_KNOWN_HERE;
  }
  const { components, ...about } = aboutGate(gate);
  return {
    gate,
    ...about,
    components: [...components],
    cells,
    drift: own.flatMap(({ position, row }) =>
      row.drift.map((drift) => ({
        cluster: clusters[position]?.cluster.name ?? "",
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
    vanishesByTarget: vanishing[0] == null ? null : own.some(({ position }) => vanishing[position]?.has(gate) === true),
  };
}

function toColumns({ cluster, matrix }: ClusterGates): GateColumn[] {
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
