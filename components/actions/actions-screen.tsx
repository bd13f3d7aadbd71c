"use client";
import { useMemo } from "react";
import type { Action, ActionList } from "#server/contract/actions.ts";
import { actionQuery, useActionList } from "../data/actions-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useClusterFilter, useTeamFilter } from "../layout/use-scope.ts";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { CoverageNote } from "../ui/coverage-note.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { figureValue } from "../ui/figure.ts";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Stat } from "../ui/stat.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import type { Tone } from "../ui/tone.ts";
import { choiceParam, textParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { ActionDrawer } from "./action-drawer.tsx";
import { actionSentence } from "./action-sentence.ts";
import { OutcomeTable } from "./outcome-table.tsx";

const showParam = choiceParam("show", ["open", "decided"] as const, "open");
const actionParam = textParam("action");

/** One ranked list across the product, with what it would really bring. */
export function ActionsScreen() {
  const { t } = useReader();
  const [clusters] = useClusterFilter();
  const [teams] = useTeamFilter();
  const query = useActionList(actionQuery(clusters, teams));
  return (
    <div className="flex flex-col gap-6">
      <SectionHeader
        level={1}
        title={t("actions.title")}
        summary={t("actions.summary")}
        actions={query.data === undefined ? null : <CoverageNote coverage={query.data.coverage} />}
      />
      <QueryView what={t("actions.title")} query={query}>
        {(answer) => <LoadedActions answer={answer} />}
      </QueryView>
    </div>
  );
}

function LoadedActions({ answer }: { readonly answer: ActionList }) {
  const { t, format } = useReader();
  const [show, setShow] = useUrlState(showParam);
  const [opened, setOpened] = useUrlState(actionParam);
  const rows = useMemo(
    () => answer.items.filter(({ status }) => (status === "open") === (show === "open")),
    [answer.items, show],
  );
  const columns = useColumns();
  const current = answer.items.find(({ id }) => id === opened);
  return (
    <>
      <Card className="grid grid-cols-2 gap-x-6 gap-y-5 lg:grid-cols-3">
        <Stat
          size="lg"
          label={t("actions.total-freed")}
          figure={answer.total.freedCostPerMonth}
          note={t("actions.total-note")}
        />
        <Stat
          size="lg"
          label={t("actions.total-cash")}
          figure={answer.total.cashPerMonth}
          note={t("actions.total-cash-note")}
        />
        <Stat
          size="lg"
          label={t("actions.total-nodes")}
          figure={
            answer.total.removedNodeCount === null
              ? { ...answer.total.cashPerMonth, unit: "count" }
              : { state: "value", value: answer.total.removedNodeCount, unit: "count" }
          }
        />
        <p className="col-span-full text-xs text-muted-foreground">
          {answer.computedAt === null
            ? t("actions.not-made")
            : t("actions.made", { at: format.dateTime(answer.computedAt) })}
          {answer.isBeingMade && ` ${t("actions.being-made")}`}
          {answer.total.isLowerBound && ` ${t("actions.lower-bound")}`}
        </p>
      </Card>
      <DataTable
        label={t("actions.list")}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        urlKey="a"
        csvName="sluice-actions"
        empty={<EmptyNote>{t("actions.none")}</EmptyNote>}
        onRowClick={(row) => setOpened(row.id)}
        tools={
          <Segmented
            label={t("actions.show")}
            value={show}
            options={(["open", "decided"] as const).map((value) => ({ value, label: t(`actions.show.${value}`) }))}
            onChange={setShow}
          />
        }
      />
      {answer.outcomes.length > 0 && <OutcomeTable answer={answer} />}
      {current !== undefined && (
        <ActionDrawer
          action={current}
          others={answer.items.filter(({ id }) => current.overlaps.includes(id))}
          onClose={() => setOpened("")}
        />
      )}
    </>
  );
}

const RISK_TONES: Readonly<Record<Action["risk"], Tone>> = { low: "ready", medium: "attention", high: "blocked" };

function useColumns(): TableColumn<Action>[] {
  const { t, format } = useReader();
  return useMemo(
    () => [
      {
        id: "what",
        header: t("actions.what"),
        isRowHeader: true,
        isFixed: true,
        widthRem: 28,
        value: (row) => actionSentence(row, { t, format }),
        cell: (row) => (
          <span className={row.overlaps.length > 0 && !row.isCounted ? "block pl-4" : "block"}>
            {actionSentence(row, { t, format })}
            {row.overlaps.length > 0 && (
              <span className="block text-2xs font-normal text-muted-foreground">
                {row.isCounted
                  ? t("actions.overlap-counted", { count: row.overlaps.length })
                  : t("actions.overlap-other")}
              </span>
            )}
          </span>
        ),
      },
      { id: "kind", header: t("actions.kind"), value: (row) => t(`actions.kind.${row.kind}`), widthRem: 7 },
      {
        id: "team",
        header: t("actions.owner"),
        value: (row) => row.team ?? t(row.namespace === null ? "actions.whole-cluster" : "actions.unowned"),
        widthRem: 9,
      },
      {
        id: "cluster",
        header: t("actions.cluster"),
        value: (row) => row.cluster,
        cell: (row) => <span className="whitespace-nowrap">{row.cluster}</span>,
        widthRem: 9,
      },
      {
        id: "freed",
        header: t("actions.freed"),
        hint: t("actions.freed-hint"),
        align: "end",
        value: (row) => figureValue(row.freedCostPerMonth),
        cell: (row) => <StateMark figure={row.freedCostPerMonth} size="compact" />,
      },
      {
        id: "cash",
        header: t("actions.cash"),
        hint: t("actions.cash-hint"),
        align: "end",
        value: (row) => figureValue(row.cashPerMonth),
        cell: (row) => <StateMark figure={row.cashPerMonth} size="compact" />,
      },
      {
        id: "confidence",
        header: t("actions.confidence"),
        value: (row) => t(`actions.level.${row.confidence}`),
        widthRem: 7,
      },
      {
        id: "risk",
        header: t("actions.risk"),
        value: (row) => t(`actions.level.${row.risk}`),
        cell: (row) => <Badge tone={RISK_TONES[row.risk]}>{t(`actions.level.${row.risk}`)}</Badge>,
        widthRem: 7,
      },
      {
        id: "status",
        header: t("actions.status"),
        value: (row) => t(`actions.status.${row.status}`),
        isHiddenAtFirst: true,
      },
    ],
    [t, format],
  );
}
