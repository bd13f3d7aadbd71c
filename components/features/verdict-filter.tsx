"use client";
import type { FeatureRow } from "#server/contract/features.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { cn } from "../ui/cn.ts";
import { VERDICTS, type Verdict, VerdictBadge } from "../ui/verdict-badge.tsx";

export type VerdictFilterProps = {
  readonly rows: readonly FeatureRow[];
  readonly chosen: readonly Verdict[];
  readonly onChange: (verdicts: readonly Verdict[]) => void;
};

/** How many cells have each verdict, and the switch to see only those. */
export function VerdictFilter({ rows, chosen, onChange }: VerdictFilterProps) {
  const { t, format } = useReader();
  const cells = rows.flatMap((row) => row.cells);
  const counts = new Map(
    VERDICTS.map((verdict) => [verdict, cells.filter((cell) => cell.verdict === verdict).length] as const),
  );
  const shown = VERDICTS.filter((verdict) => (counts.get(verdict) ?? 0) > 0 || chosen.includes(verdict));
  return (
    <fieldset className="flex min-w-0 flex-wrap gap-1.5">
      <legend className="sr-only">{t("features.verdict-filter")}</legend>
      {shown.map((verdict) => {
        const isChosen = chosen.includes(verdict);
        const count = counts.get(verdict) ?? 0;
        return (
          <button
            key={verdict}
            type="button"
            aria-pressed={isChosen}
            title={t("features.cells", { count })}
            onClick={() => onChange(isChosen ? chosen.filter((other) => other !== verdict) : [...chosen, verdict])}
            className={cn(
              "inline-flex h-8 items-center gap-2 rounded-md border px-2 text-sm hover:bg-hovered",
              isChosen ? "border-accent bg-selected" : "bg-card",
              chosen.length > 0 && !isChosen && "opacity-65",
            )}
          >
            <VerdictBadge verdict={verdict} />
            <span className="font-semibold">{format.count(count)}</span>
          </button>
        );
      })}
    </fieldset>
  );
}
