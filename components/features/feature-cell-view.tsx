"use client";
import { OctagonX } from "lucide-react";
import type { FeatureCell } from "#server/contract/features.ts";
import { stageReached, toFunnelSteps } from "../charts/feature-sentence.ts";
import { FunnelSteps } from "../charts/funnel-steps.tsx";
import { Sparkline } from "../charts/sparkline.tsx";
import { useReader } from "../i18n/reader-provider.tsx";
import { cn } from "../ui/cn.ts";
import { StateMark } from "../ui/state-mark.tsx";
import { toneText } from "../ui/tone.ts";
import { VerdictBadge } from "../ui/verdict-badge.tsx";
import { uncountedFigure } from "./uncounted.ts";
import { LOUD_VERDICTS, verdictTone } from "./verdict-tone.ts";

export type FeatureCellViewProps = {
  readonly title: string;
  readonly cell: FeatureCell;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
};

/** Verdict, stage reached, adoption and its trend of one feature in one cluster; the whole cell opens the explanation. */
export function FeatureCellView({ title, cell, isOpen, onOpen }: FeatureCellViewProps) {
  const { t } = useReader();
  const { verdict, blockerCount } = cell;
  const tone = verdictTone[verdict];
  const reached = stageReached(cell.stages);
  return (
    <div
      className={cn(
        "relative flex h-full min-h-16 w-full flex-col justify-between gap-1.5 border-l-3 px-2.5 py-2 text-left hover:bg-hovered",
        toneText[tone],
        LOUD_VERDICTS.has(verdict) ? "tone-wash border-current" : "border-current/60",
        (verdict === "effective" || verdict === "in-use") && "bg-current/5",
        isOpen && "bg-selected",
      )}
    >
      <div className="flex w-full items-center justify-between gap-2">
        <button
          type="button"
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          aria-label={t("features.cell", { feature: title, cluster: cell.cluster, verdict: t(`verdict.${verdict}`) })}
          onClick={onOpen}
          className="inline-flex after:absolute after:inset-0 after:content-[''] focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
        >
          <VerdictBadge verdict={verdict} />
        </button>
        <Adoption cell={cell} />
      </div>
      <div className="flex w-full items-center justify-between gap-2">
        <span className="flex min-w-0 items-center gap-2">
          <FunnelSteps
            size="compact"
            label={
              reached === null ? t("features.reached-none") : t("features.reached", { stage: t(`stage.${reached}`) })
            }
            steps={toFunnelSteps(cell.stages)}
          />
          {reached !== null && (
            <span aria-hidden className="truncate text-xs text-muted-foreground max-sm:hidden">
              {t(`stage.${reached}`)}
            </span>
          )}
        </span>
        <span className="flex items-center gap-2">
          {blockerCount > 0 && (
            <span
              title={t("features.blockers-count", { count: blockerCount })}
              className={cn(
                "inline-flex items-center gap-0.5 text-xs",
                verdict === "blocked" || verdict === "drift" ? "text-current" : "text-subtle-foreground",
              )}
            >
              <OctagonX aria-hidden size={11} />
              {blockerCount}
              <span className="sr-only">{t("features.blockers-count", { count: blockerCount })}</span>
            </span>
          )}
          <Trend cell={cell} />
        </span>
      </div>
    </div>
  );
}

function Adoption({ cell: { adoptedCount, adoptableCount, stages } }: { readonly cell: FeatureCell }) {
  const { t, format } = useReader();
  if (adoptedCount === null || adoptableCount === null) {
    const figure = uncountedFigure(stages.adopted);
    return figure.state === "not-applicable" ? null : (
      <span className="text-xs">
        <StateMark figure={figure} />
      </span>
    );
  }
  if (adoptableCount === 0)
    return <span className="text-xs text-subtle-foreground">{t("features.nothing-could")}</span>;
  return (
    <span className="flex items-baseline gap-1.5 whitespace-nowrap text-foreground">
      <span className="text-sm font-semibold">{format.percent(adoptedCount / adoptableCount)}</span>
      <span className="text-xs text-muted-foreground">
        {t("features.adoption", { met: format.count(adoptedCount), of: format.count(adoptableCount) })}
      </span>
    </span>
  );
}

/** A line needs two days; with one there is no trend yet, which is not the same as an even one. */
function Trend({ cell: { trend } }: { readonly cell: FeatureCell }) {
  const { t, format } = useReader();
  const shares = trend.map(({ adoptedCount, adoptableCount }) =>
    adoptedCount === null || adoptableCount === null || adoptableCount === 0 ? null : adoptedCount / adoptableCount,
  );
  const known = shares.filter((share) => share !== null);
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined) return null;
  if (known.length < 2)
    return (
      <span title={t("features.trend-none-yet")} className="text-xs text-subtle-foreground">
        <span aria-hidden>┄</span>
        <span className="sr-only">{t("features.trend-none-yet")}</span>
      </span>
    );
  const label = t("features.trend-label", {
    days: trend.length,
    first: format.percent(first),
    last: format.percent(last),
  });
  return <Sparkline label={label} values={shares} width={56} height={16} colour="currentColor" />;
}
