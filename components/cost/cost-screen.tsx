"use client";
import { FileDown, Printer, Sheet } from "lucide-react";
import type { Cost } from "#server/contract/cost.ts";
import { useCost } from "../data/cost-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useClusterFilter, useTeamFilter } from "../layout/use-scope.ts";
import { Button } from "../ui/button.tsx";
import { buttonStyle } from "../ui/button-style.ts";
import { CoverageNote } from "../ui/coverage-note.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { useUrlState } from "../url/use-url-state.ts";
import { AnomalyList } from "./anomaly-list.tsx";
import { BudgetList } from "./budget-list.tsx";
import { CostControls } from "./cost-controls.tsx";
import { CostDaily } from "./cost-daily.tsx";
import { CostHeadline } from "./cost-headline.tsx";
import {
  costExportHref,
  groupParam,
  labelParam,
  namespaceParam,
  periodParam,
  ruleParam,
  toCostQuery,
} from "./cost-params.ts";
import { CostReport } from "./cost-report.tsx";
import { CostTable } from "./cost-table.tsx";
import { UnpricedNodes } from "./unpriced-nodes.tsx";

/** Headline, days, who holds it, budgets and lasting changes of one period. */
export function CostScreen() {
  const { t, locale } = useReader();
  const [clusters] = useClusterFilter();
  const [teams] = useTeamFilter();
  const [period] = useUrlState(periodParam);
  const [group] = useUrlState(groupParam);
  const [rule] = useUrlState(ruleParam);
  const [namespace] = useUrlState(namespaceParam);
  const [label] = useUrlState(labelParam);
  const asked = toCostQuery({ clusters, teams, period, group, rule, namespace, label });
  const query = useCost(asked);
  const language = locale === "zh-CN" ? "zh" : "en";
  const { data } = query;
  return (
    <div className="flex flex-col gap-6">
      <SectionHeader
        level={1}
        title={t("cost.title")}
        summary={t("cost.summary", { zone: data?.timeZone ?? "UTC" })}
        actions={
          <>
            {data !== undefined && <CoverageNote coverage={data.coverage} />}
            <div className="flex items-center gap-1.5 print:hidden">
              <a
                className={buttonStyle("ghost", "sm")}
                href={costExportHref("csv", asked, language)}
                download="sluice-cost.csv"
              >
                <FileDown aria-hidden size={13} />
                {t("cost.csv")}
              </a>
              <a
                className={buttonStyle("ghost", "sm")}
                href={costExportHref("xlsx", asked, language)}
                download="sluice-cost.xlsx"
              >
                <Sheet aria-hidden size={13} />
                {t("cost.workbook")}
              </a>
              <Button variant="ghost" size="sm" onClick={() => window.print()}>
                <Printer aria-hidden size={13} />
                {t("cost.print")}
              </Button>
            </div>
          </>
        }
      />
      <CostControls labelKeys={data?.labelKeys ?? []} label={data?.label ?? null} />
      <QueryView what={t("cost.title")} query={query}>
        {(answer) => <LoadedCost answer={answer} query={query} />}
      </QueryView>
    </div>
  );
}

type LoadedProps = { readonly answer: Cost; readonly query: ReturnType<typeof useCost> };

function LoadedCost({ answer, query }: LoadedProps) {
  const { t } = useReader();
  return (
    <>
      <CostHeadline answer={answer} />
      {answer.unpriced.length > 0 && <UnpricedNodes answer={answer} />}
      {answer.rows.length === 0 ? (
        <EmptyNote>{t("cost.nothing")}</EmptyNote>
      ) : (
        <>
          <CostDaily query={query} />
          <div className="grid gap-6 lg:grid-cols-2">
            <BudgetList answer={answer} />
            <AnomalyList answer={answer} />
          </div>
          <CostTable answer={answer} />
          <CostReport answer={answer} />
        </>
      )}
    </>
  );
}
