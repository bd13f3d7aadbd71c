"use client";
import { ArrowRight, Download } from "lucide-react";
import { useSearchParams } from "next/navigation";
import type { UpgradeAnswer, UpgradePlan } from "#server/contract/upgrade.ts";
import { inLocale } from "../charts/feature-sentence.ts";
import { checklistUrl, upgradePageQuery, useUpgrade } from "../data/upgrade-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useClusterFilter } from "../layout/use-scope.ts";
import { Age } from "../ui/age.tsx";
import { Badge } from "../ui/badge.tsx";
import { buttonStyle } from "../ui/button-style.ts";
import { cn } from "../ui/cn.ts";
import { CoverageNote } from "../ui/coverage-note.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Select } from "../ui/select.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { toneText } from "../ui/tone.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { GateDiff } from "./gate-diff.tsx";
import { PlanFacts, SupportLine } from "./plan-facts.tsx";
import { PlanItems } from "./plan-items.tsx";
import { PlanSteps } from "./plan-steps.tsx";
import { showParam, targetParam } from "./upgrade-params.ts";
import { UPGRADE_LOOKS, UpgradeVerdictBadge } from "./upgrade-verdict-badge.tsx";

/** Its version is the target already, or later: nothing to plan. */
function isThere(plan: UpgradePlan): boolean {
  return plan.items.some(({ key }) => key === "not-an-upgrade");
}
function rank(plan: UpgradePlan): number {
  return isThere(plan) ? WORST_FIRST.length : WORST_FIRST.indexOf(plan.verdict);
}

const WORST_FIRST: readonly UpgradePlan["verdict"][] = ["blocked", "unknown", "review", "no-known-blockers"];

/** The planner: clusters side by side, and the plan of one of them. */
export function UpgradeScreen() {
  const { t } = useReader();
  const [clusters] = useClusterFilter();
  const [target, setTarget] = useUrlState(targetParam);
  const { data, error, refetch, isPlaceholderData } = useUpgrade(upgradePageQuery(clusters, target));
  return (
    <div className="flex flex-col gap-5">
      <SectionHeader
        level={1}
        title={t("upgrade.title")}
        summary={t("upgrade.summary")}
        actions={
          data !== undefined && (
            <>
              <CoverageNote coverage={data.coverage} />
              <Select
                label={t("upgrade.target")}
                isLabelHidden
                value={target}
                options={[
                  { value: "", label: `${t("upgrade.target")}: ${t("upgrade.next-minor")}` },
                  ...data.targets.map((minor) => ({ value: minor, label: `${t("upgrade.target")}: ${minor}` })),
                ]}
                onChange={setTarget}
              />
            </>
          )
        }
      />
      {error !== null && <ErrorNote error={error} isStale={data !== undefined} onRetry={() => void refetch()} />}
      {data === undefined && error === null && (
        <Skeleton label={t("ui.loading", { what: t("upgrade.title") })} shape="rows" rows={8} />
      )}
      {data !== undefined && (
        <div
          aria-busy={isPlaceholderData || undefined}
          className={cn("flex flex-col gap-6", isPlaceholderData && "opacity-60")}
        >
          {data.plans.length === 0 ? <EmptyNote>{t("upgrade.none")}</EmptyNote> : <Plans data={data} />}
          {data.unplanned.length > 0 && (
            <p className="text-status-unknown">{t("upgrade.unplanned", { list: data.unplanned.join(", ") })}</p>
          )}
        </div>
      )}
    </div>
  );
}

function Plans({ data }: { readonly data: UpgradeAnswer }) {
  const { t } = useReader();
  const [show, setShow] = useUrlState(showParam);
  const worst = data.plans.toSorted((a, b) => rank(a) - rank(b))[0];
  const shown = data.plans.find(({ cluster }) => cluster === show) ?? worst;
  if (shown === undefined) return null;
  return (
    <>
      {data.plans.length > 1 && (
        <ul aria-label={t("upgrade.clusters")} className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
          {data.plans.map((plan) => (
            <li key={plan.cluster}>
              <PlanCard plan={plan} isShown={plan.cluster === shown.cluster} onShow={() => setShow(plan.cluster)} />
            </li>
          ))}
        </ul>
      )}
      <Plan key={`${shown.cluster}/${shown.target}`} plan={shown} />
    </>
  );
}

type PlanCardProps = { readonly plan: UpgradePlan; readonly isShown: boolean; readonly onShow: () => void };

function PlanCard({ plan, isShown, onShow }: PlanCardProps) {
  const { t } = useReader();
  return (
    <button
      type="button"
      aria-pressed={isShown}
      onClick={onShow}
      className={cn(
        "flex h-full w-full flex-col gap-1.5 rounded-lg border bg-card px-4 py-3 text-left shadow-card hover:bg-hovered",
        isShown && "border-accent bg-selected",
      )}
    >
      <span className="flex w-full items-center justify-between gap-2">
        <span className="truncate font-semibold">{plan.cluster}</span>
        {isThere(plan) ? (
          <Badge look="outline">{t("upgrade.not-later")}</Badge>
        ) : (
          <UpgradeVerdictBadge verdict={plan.verdict} />
        )}
      </span>
      <span className="flex items-center gap-1.5 text-lg font-semibold">
        {plan.from ?? "?"} <ArrowRight aria-hidden size={15} className="text-subtle-foreground" /> {plan.target}
      </span>
      <span className="flex w-full flex-wrap justify-between gap-x-3 text-xs text-muted-foreground">
        {isThere(plan) ? <span /> : <Counts plan={plan} />}
        <SupportLine support={plan.support.now} />
      </span>
    </button>
  );
}

function Counts({ plan }: { readonly plan: UpgradePlan }) {
  const { t } = useReader();
  const parts = (["blocker", "unknown", "review"] as const).flatMap((severity) => {
    const count = plan.items.filter((item) => item.severity === severity).length;
    return count === 0 ? [] : [t(`upgrade.count.${severity}`, { count })];
  });
  return <span>{parts.length === 0 ? t("upgrade.count.none") : parts.join(" · ")}</span>;
}

function Plan({ plan }: { readonly plan: UpgradePlan }) {
  const { t, locale } = useReader();
  const search = useSearchParams();
  const { icon: Icon, tone } = UPGRADE_LOOKS[plan.verdict];
  const target = search.get("target");
  const checklist = {
    cluster: plan.cluster,
    ...(target === null ? {} : { target }),
    language: locale === "zh-CN" ? "zh" : "en",
  } as const;
  return (
    <section aria-labelledby="plan-title" className="flex flex-col gap-6">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 flex-col gap-1">
          <h2 id="plan-title" className="flex flex-wrap items-center gap-x-3 text-xl">
            <span>
              {plan.cluster}{" "}
              <span className="font-normal text-muted-foreground">
                {t("upgrade.from-to", { from: plan.from ?? "?", to: plan.target })}
              </span>
            </span>
            <span className={cn("inline-flex items-center gap-1.5", toneText[tone])}>
              <Icon aria-hidden size={18} />
              {t(`upgrade.verdict.${plan.verdict}`)}
            </span>
          </h2>
          <p className="flex flex-wrap gap-x-3 text-xs text-muted-foreground">
            <Counts plan={plan} />
            <span>{t("upgrade.coverage", { read: plan.coverage.read, of: plan.coverage.of })}</span>
            {plan.coverage.missing.length > 0 && (
              <span className="text-status-unknown">
                {t("upgrade.coverage-missing", {
                  list: plan.coverage.missingText.map((text) => inLocale(text, locale)).join("; "),
                })}
              </span>
            )}
            <span>
              {t("upgrade.evaluated")} <Age at={plan.evaluatedAt} show="age" />
            </span>
          </p>
        </div>
        <div className="flex items-center gap-2">
          <span className="text-xs text-muted-foreground">{t("upgrade.checklist")}</span>
          {(["md", "csv"] as const).map((format) => (
            <a
              key={format}
              href={checklistUrl(format, checklist)}
              download={`sluice-upgrade-${plan.cluster}-${plan.target}.${format}`}
              className={buttonStyle("secondary", "sm")}
            >
              <Download aria-hidden size={13} />
              {t(`upgrade.checklist-${format}`)}
            </a>
          ))}
        </div>
      </header>
      <PlanFacts plan={plan} />
      <PlanItems plan={plan} />
      <PlanSteps plan={plan} />
      <div className="flex flex-col gap-3">
        <SectionHeader level={3} id="gate-diff" title={t("upgrade.gates")} />
        <GateDiff plan={plan} />
      </div>
    </section>
  );
}
