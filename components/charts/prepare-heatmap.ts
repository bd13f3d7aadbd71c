export type HeatRow = {
  readonly key: string;
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly href?: string;
};
export type HeatGroup = { readonly key: string; readonly label: string; readonly rows: readonly HeatRow[] };

/** One drawn line: a group (worst of its rows) or a row of an open group. */
export type HeatLine = {
  readonly kind: "group" | "row";
  readonly key: string;
  readonly groupKey: string;
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly rowCount: number;
};

export const HEAT_STEPS = 8;

/**
 * The lines of a heatmap in order: each group as the largest value of its rows per moment, then its rows when open,
 * hottest first. A moment in which no row has a sample stays `null`.
 */
export function heatLines(groups: readonly HeatGroup[], open: ReadonlySet<string>): readonly HeatLine[] {
  return groups.flatMap(({ key, label, rows }) => {
    const group: HeatLine = {
      kind: "group",
      key: `group ${key}`,
      groupKey: key,
      label,
      values: worst(rows),
      rowCount: rows.length,
    };
    if (!open.has(key)) return [group];
    const ranked = rows
      .map((row) => ({ row, peak: Math.max(-Infinity, ...row.values.filter((value) => value !== null)) }))
      .sort((a, b) => b.peak - a.peak || (a.row.key < b.row.key ? -1 : 1));
    return [
      group,
      ...ranked.map(
        ({ row }): HeatLine => ({
          kind: "row",
          key: row.key,
          groupKey: key,
          label: row.label,
          values: row.values,
          rowCount: 1,
        }),
      ),
    ];
  });
}

function worst(rows: readonly HeatRow[]): (number | null)[] {
  const length = Math.max(0, ...rows.map(({ values }) => values.length));
  const result = new Array<number | null>(length).fill(null);
  for (const { values } of rows) {
    values.forEach((value, index) => {
      const before = result[index] ?? null;
      if (value !== null && (before === null || value > before)) result[index] = value;
    });
  }
  return result;
}

/** The colour step (0–7) of a value on a scale from 0 to `max`. Step 0 is kept for exactly 0 and below. */
export function heatStep(value: number, max: number): number {
  if (value <= 0 || max <= 0) return 0;
  return Math.max(1, Math.min(HEAT_STEPS - 1, Math.ceil((value / max) * (HEAT_STEPS - 1))));
}
