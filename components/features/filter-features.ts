import type { FeatureRow } from "#server/contract/features.ts";
import type { Verdict } from "#server/contract/verdict.ts";

/** Rows whose words or gates contain the text, in any case and either language. */
export function searchFeatures(rows: readonly FeatureRow[], text: string): readonly FeatureRow[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return rows;
  return rows.filter((row) =>
    [row.feature, row.title.en, row.title.zh, row.why.en, row.why.zh, ...row.gates].some((word) =>
      word.toLowerCase().includes(wanted),
    ),
  );
}

/** Rows that have one of the verdicts in some cluster; none chosen = every row. */
export function withVerdict(rows: readonly FeatureRow[], verdicts: readonly Verdict[]): readonly FeatureRow[] {
  if (verdicts.length === 0) return rows;
  return rows.filter((row) => row.cells.some((cell) => verdicts.includes(cell.verdict)));
}
