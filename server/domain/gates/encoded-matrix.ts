import { findGate } from "./catalogue.ts";
import type { GateCell, GateMatrix, GateRow } from "./gate-types.ts";

/** A cell without saying of which group. */
export type EncodedCell = Omit<GateCell, "group">;
/** A row whose cells are positions in the palette, one per group. What the catalogue says of the gate is looked up there. */
export type EncodedRow = Pick<GateRow, "gate" | "drift" | "isSetExplicitly" | "differsFromDefault"> & {
  readonly cells: readonly number[];
};

/**
 * A gate matrix with each different cell once. 333 gates on 30 groups are 10,000 cells and a few dozen different ones, so this is
 * what is stored, kept and drawn; what depends on a target minor is worked out when somebody asks for one.
 */
export type EncodedMatrix = Omit<GateMatrix, "rows" | "takenAt"> & {
  readonly palette: readonly EncodedCell[];
  readonly rows: readonly EncodedRow[];
};

export function encodeMatrix({ minor, groups, rows }: GateMatrix): EncodedMatrix {
  const palette = new CellPalette<EncodedCell>();
  return {
    minor,
    groups,
    rows: rows.map(({ gate, drift, isSetExplicitly, differsFromDefault, cells }) => ({
      gate,
      drift,
      isSetExplicitly,
      differsFromDefault,
      cells: cells.map(({ group: _group, ...cell }) => palette.positionOf(cell)),
    })),
    palette: palette.cells,
  };
}

/** The matrix again, as the rules of the planner read it; `vanishesByTarget` is not known without a target. */
export function decodeMatrix({ minor, groups, palette, rows }: EncodedMatrix, takenAt: Date): GateMatrix {
  return {
    minor,
    groups,
    takenAt,
    rows: rows.map((row) => ({
      ...row,
      ...aboutGate(row.gate),
      vanishesByTarget: null,
      cells: row.cells.flatMap((position, index) => {
        const cell = palette[position];
        const group = groups[index];
        return cell === undefined || group === undefined ? [] : [{ ...cell, group: group.key }];
      }),
    })),
  };
}

/** What a row says of its gate by the catalogue alone. */
export function aboutGate(name: string): Pick<GateRow, "isInCatalogue" | "kep" | "components"> {
  const gate = findGate(name);
  return { isInCatalogue: gate !== null, kep: gate?.kep ?? null, components: gate?.components ?? [] };
}

/** Equal cells once, in the order in which they were met. */
export class CellPalette<Cell extends EncodedCell> {
  readonly cells: Cell[] = [];
  readonly #positions = new Map<string, number>();

  positionOf(cell: Cell): number {
    const { explicit } = cell;
    const setting =
      explicit.how === "visible" ? `${explicit.isOn}${explicit.source}` : "isOn" in explicit ? explicit.isOn : "";
    const key = `${cell.state}|${cell.isOnByDefault}|${cell.stage}|${cell.isLocked}|${explicit.how}${setting}|${cell.source}|${cell.isInferred}|${cell.isConsulted}|${cell.reason}`;
    const present = this.#positions.get(key);
    if (present !== undefined) return present;
    this.#positions.set(key, this.cells.length);
    this.cells.push(cell);
    return this.cells.length - 1;
  }
}
