"use client";
import { useRouter, useSearchParams } from "next/navigation";
import { useMemo } from "react";
import type { Cost, CostRow } from "#server/contract/cost.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Breadcrumb } from "../ui/breadcrumb.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { costHref } from "./cost-params.ts";
import { useHolderName } from "./holder-name.ts";

type Part = "used" | "requestedUnused" | "requestedUnmeasured" | "unallocated" | "overhead" | "shared";

/** Rows of the chosen group; a click goes one step down: team, namespace, workload. */
export function CostTable({ answer }: { readonly answer: Cost }) {
  const { t } = useReader();
  const search = useSearchParams();
  const router = useRouter();
  const columns = useColumns(answer);
  const team = search.getAll("team");
  const namespace = search.get("namespace");
  const crumbs = [
    { label: t("cost.all"), href: costHref(search, { team: "", namespace: "", group: "" }) },
    ...(team.length === 1 && team[0] !== undefined
      ? [{ label: team[0], href: costHref(search, { namespace: "", group: "namespace" }) }]
      : []),
    ...(namespace === null ? [] : [{ label: namespace }]),
  ];
  return (
    <section aria-labelledby="cost-table" className="flex flex-col gap-3">
      <SectionHeader
        level={2}
        id="cost-table"
        title={t("cost.table")}
        summary={`${answer.range.from} – ${answer.range.to}`}
      />
      {crumbs.length > 1 && <Breadcrumb crumbs={crumbs} />}
      <DataTable
        label={t("cost.table")}
        rows={answer.rows}
        columns={columns}
        rowKey={(row) => row.key}
        urlKey="t"
        initialSort={{ column: "cost", isDescending: true }}
        csvName="sluice-cost-table"
        onRowClick={(row) => {
          const next = stepDown(row, answer.groupBy);
          if (next !== null) router.push(costHref(search, next), { scroll: false });
        }}
      />
    </section>
  );
}

/** Where a row leads; null where it is the last step. */
function stepDown(row: CostRow, group: Cost["groupBy"]): Record<string, string> | null {
  const isHeld = row.holder === "team" || row.holder === "unowned";
  if (!isHeld) return { group: "pool", team: "", namespace: "" };
  if (group === "team") return { group: "namespace", team: row.team ?? "unowned" };
  if (group === "namespace" && row.namespace !== null) return { group: "workload", namespace: row.namespace };
  if (group === "cluster" && row.cluster !== null) return { group: "team", cluster: row.cluster };
  if (group === "pool" && row.cluster !== null) return { group: "workload", cluster: row.cluster };
  return null;
}

function useColumns(answer: Cost): TableColumn<CostRow>[] {
  const { t, locale } = useReader();
  const name = useHolderName();
  const { groupBy, shared, currency, total, label: labelKey } = answer;
  return useMemo(() => {
    const unit = `money:${currency}` as const;
    // Every cell to the cent: a column that is added up by hand must give its total.
    const exact = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
    const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
    const text = (id: string, header: string, value: (row: CostRow) => string | null): TableColumn<CostRow> => ({
      id,
      header,
      value,
    });
    const money = (id: Part | "cost", header: string, hint?: string): TableColumn<CostRow> => ({
      id,
      header,
      unit,
      ...(hint === undefined ? {} : { hint }),
      value: (row) => row[id],
      cell: (row) => (row[id] === 0 ? <span className="text-subtle-foreground">–</span> : exact.format(row[id])),
      total: (rows) => exact.format(rows.reduce((sum, row) => sum + Math.round(row[id] * 100), 0) / 100),
      csvHeader: `${id}${currency}`,
    });
    const team = text("team", t("cost.group.team"), name);
    const cluster = text("cluster", t("cost.group.cluster"), (row) => row.cluster);
    const namespace = text(
      "namespace",
      t("cost.group.namespace"),
      (row) => row.namespace ?? (row.holder === "team" ? null : name(row)),
    );
    const resource = text("resource", t("cost.group.resource"), (row) => resourceWord(row.resource, t));
    const named: Readonly<Record<Cost["groupBy"], readonly TableColumn<CostRow>[]>> = {
      team: [team],
      cluster: [cluster],
      namespace: [namespace, cluster, team],
      workload: [text("name", t("cost.group.workload"), (row) => row.name ?? name(row)), namespace, cluster, team],
      pool: [text("pool", t("cost.group.pool"), (row) => row.pool), cluster],
      label: [text("label", labelKey ?? t("cost.group.label"), (row) => row.label ?? name(row))],
      resource: [resource],
    };
    return [
      ...named[groupBy],
      money("used", t("cost.used"), t("cost.used-hint")),
      money("requestedUnused", t("cost.unused"), t("cost.unused-hint")),
      money("requestedUnmeasured", t("cost.unmeasured"), t("cost.unmeasured-hint")),
      ...(shared === "none"
        ? [
            money("unallocated", t("cost.unallocated"), t("cost.unallocated-hint")),
            money("overhead", t("cost.overhead"), t("cost.overhead-hint")),
          ]
        : [money("shared", t("cost.shared"), t("cost.shared-note"))]),
      {
        ...money("cost", t("cost.total")),
        cell: (row) => (
          <span className="font-medium">
            {exact.format(row.cost)}
            {row.unpricedNodeHours >= 1 && (
              <span className="block text-2xs font-normal text-status-unknown">
                {t("cost.unpriced-mark", { hours: count.format(row.unpricedNodeHours) })}
              </span>
            )}
          </span>
        ),
      },
      {
        id: "share",
        header: t("cost.share"),
        unit: "ratio",
        value: (row) => (total.cost > 0 ? row.cost / total.cost : null),
      },
    ];
  }, [t, locale, name, groupBy, shared, currency, total.cost, labelKey]);
}

function resourceWord(resource: string | null, t: ReturnType<typeof useReader>["t"]): string | null {
  switch (resource) {
    case "cpu":
    case "memory":
    case "gpu":
    case "storage":
    case "network":
      return t(`cost.resource.${resource}`);
    default:
      return resource;
  }
}
