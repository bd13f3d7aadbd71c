"use client";
import { CircleCheck, CircleQuestionMark, ClipboardList, Info, type LucideIcon, OctagonX, Wrench } from "lucide-react";
import type { UpgradeItem, UpgradePlan } from "#server/contract/upgrade.ts";
import { inLocale } from "../charts/feature-sentence.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card } from "../ui/card.tsx";
import { cn } from "../ui/cn.ts";
import { EvidenceList } from "../ui/evidence-list.tsx";
import { type Tone, toneText } from "../ui/tone.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { passedKinds } from "./passed-kinds.ts";
import { KINDS, kindParam } from "./upgrade-params.ts";

const GROUPS = ["blocker", "unknown", "review", "info"] as const satisfies readonly UpgradeItem["severity"][];
const LOOKS: Readonly<Record<UpgradeItem["severity"] | "passed", { readonly icon: LucideIcon; readonly tone: Tone }>> =
  {
    blocker: { icon: OctagonX, tone: "blocked" },
    unknown: { icon: CircleQuestionMark, tone: "unknown" },
    review: { icon: ClipboardList, tone: "attention" },
    info: { icon: Info, tone: "neutral" },
    passed: { icon: CircleCheck, tone: "ready" },
  };

/** Blockers, unknowns, reviews and notes with evidence and what to do; then the subjects in which nothing was found. */
export function PlanItems({ plan }: { readonly plan: UpgradePlan }) {
  const { t } = useReader();
  const [kind, setKind] = useUrlState(kindParam);
  const passed = passedKinds(plan);
  const items = plan.items.filter((item) => kind === "all" || item.kind === kind);
  const kinds = KINDS.filter((own) => plan.items.some((item) => item.kind === own));
  return (
    <div className="flex flex-col gap-4">
      <fieldset className="flex flex-wrap gap-1.5">
        <legend className="sr-only">{t("upgrade.kinds")}</legend>
        {(["all", ...kinds] as const).map((own) => (
          <button
            key={own}
            type="button"
            aria-pressed={kind === own}
            onClick={() => setKind(kind === own ? "all" : own)}
            className={cn(
              "inline-flex h-7 items-center gap-1.5 rounded-md border px-2 text-xs hover:bg-hovered",
              kind === own ? "border-accent bg-selected font-medium" : "bg-card text-muted-foreground",
            )}
          >
            {own === "all" ? t("upgrade.gates-all") : t(`upgrade.kind.${own}`)}
            <span className="font-semibold text-foreground">
              {own === "all" ? plan.items.length : plan.items.filter((item) => item.kind === own).length}
            </span>
          </button>
        ))}
      </fieldset>
      {GROUPS.map((severity) => {
        const own = items.filter((item) => item.severity === severity);
        if (own.length === 0) return null;
        return (
          <section key={severity} aria-labelledby={`group-${severity}`} className="flex flex-col gap-2">
            <GroupHead severity={severity} count={own.length} />
            <ul className="flex flex-col divide-y rounded-lg border bg-card shadow-card">
              {own.map((item) => (
                <Item key={`${item.id}@${item.atMinor}`} item={item} />
              ))}
            </ul>
          </section>
        );
      })}
      {kind === "all" && passed.length > 0 && (
        <section aria-labelledby="group-passed" className="flex flex-col gap-2">
          <GroupHead severity="passed" count={passed.length} />
          <Card padding="normal">
            <ul className="flex flex-wrap gap-x-5 gap-y-1.5">
              {passed.map((own) => (
                <li key={own} className="flex items-center gap-1.5">
                  <CircleCheck aria-hidden size={14} className="text-status-ready" />
                  {t(`upgrade.kind.${own}`)}
                </li>
              ))}
            </ul>
          </Card>
        </section>
      )}
    </div>
  );
}

function GroupHead({
  severity,
  count,
}: {
  readonly severity: UpgradeItem["severity"] | "passed";
  readonly count: number;
}) {
  const { t } = useReader();
  const { icon: Icon, tone } = LOOKS[severity];
  return (
    <header className="flex flex-wrap items-baseline gap-x-3">
      <h3 id={`group-${severity}`} className={cn("flex items-center gap-1.5 text-base", toneText[tone])}>
        <Icon aria-hidden size={15} />
        {t(`upgrade.group.${severity}`)} <span className="text-sm font-normal text-muted-foreground">{count}</span>
      </h3>
      <p className="text-xs text-muted-foreground">{t(`upgrade.group-note.${severity}`)}</p>
    </header>
  );
}

function Item({ item }: { readonly item: UpgradeItem }) {
  const { t, locale } = useReader();
  const { tone } = LOOKS[item.severity];
  return (
    <li className={cn("grid gap-x-4 gap-y-1 border-l-3 px-4 py-2.5 sm:grid-cols-[9rem_1fr_auto]", BORDERS[tone])}>
      <span className="text-xs font-medium text-muted-foreground">{t(`upgrade.kind.${item.kind}`)}</span>
      <div className="flex min-w-0 flex-col gap-1">
        <p className="font-medium break-words">{inLocale(item.text, locale)}</p>
        {item.fix !== null && (
          <p className="flex items-start gap-1.5 break-words text-muted-foreground">
            <Wrench aria-hidden size={13} className="mt-1 shrink-0 text-subtle-foreground" />
            <span className="sr-only">{t("upgrade.fix")}: </span>
            {inLocale(item.fix, locale)}
          </p>
        )}
        <EvidenceList evidence={item.evidence} total={item.evidenceTotal} />
      </div>
      <span className="text-xs whitespace-nowrap text-subtle-foreground">
        {t("upgrade.at-minor", { minor: item.atMinor })}
      </span>
    </li>
  );
}

const BORDERS: Readonly<Partial<Record<Tone, string>>> = {
  blocked: "border-l-status-blocked",
  unknown: "border-l-status-unknown",
  attention: "border-l-status-attention",
  neutral: "border-l-border-strong",
};
