"use client";
import { useDeferredValue, useId, useMemo } from "react";
import type { GpuRepack } from "#server/contract/gpu.ts";
import { useGpuRepack } from "../data/gpu-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { figureValue } from "../ui/figure.ts";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { textParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { shortModel } from "./device-name.ts";

const DEFAULT_TARGET = "80";
const targetParam = textParam("target", DEFAULT_TARGET);

type RepackViewProps = { readonly clusters: readonly string[]; readonly teams: readonly string[] };

/** How many devices today's holders would need if they were filled up to a target. */
export function RepackView({ clusters, teams }: RepackViewProps) {
  const { t, format } = useReader();
  const [text, setText] = useUrlState(targetParam);
  const id = useId();
  const target = Math.min(100, Math.max(10, Math.round(Number(text)) || Number(DEFAULT_TARGET)));
  const asked = useDeferredValue(target);
  const query = useMemo(
    () => ({
      target: asked / 100,
      ...(clusters.length === 0 ? {} : { cluster: [...clusters] }),
      ...(teams.length === 0 ? {} : { team: [...teams] }),
    }),
    [asked, clusters, teams],
  );
  const repack = useGpuRepack(query);
  const currency = repack.data?.currency ?? "USD";
  const columns = useMemo<readonly TableColumn<GpuRepack>[]>(() => {
    const count = (
      key: "deviceCount" | "neededCount" | "freedCount" | "unplacedCount",
      header: string,
    ): TableColumn<GpuRepack> => ({
      id: key,
      header,
      value: (row) => row[key],
      unit: "count",
      total: (rows) => format.count(rows.reduce((sum, row) => sum + row[key], 0)),
    });
    return [
      {
        id: "model",
        header: t("gpu.model"),
        isRowHeader: true,
        value: (row) => row.model,
        cell: (row) => shortModel(row.model),
      },
      count("deviceCount", t("gpu.devices")),
      count("neededCount", t("gpu.needed")),
      count("freedCount", t("gpu.freed")),
      {
        id: "utilization",
        header: t("gpu.after"),
        value: (row) => row.utilizationRatio,
        unit: "ratio",
        csvHeader: "utilizationRatio",
      },
      count("unplacedCount", t("gpu.unplaced")),
      {
        id: "cost",
        header: t("gpu.freed-cost"),
        hint: t("gpu.freed-cost-hint"),
        value: (row) => figureValue(row.freedCostPerMonth),
        cell: (row) => <StateMark figure={row.freedCostPerMonth} />,
        unit: `money:${currency}`,
        csvHeader: "freedCostPerMonth",
        total: (rows) =>
          format.money(
            rows.reduce((sum, row) => sum + (figureValue(row.freedCostPerMonth) ?? 0), 0),
            currency,
          ),
      },
    ];
  }, [t, format, currency]);
  return (
    <div className="flex flex-col gap-3">
      <SectionHeader level={2} title={t("gpu.repack-title")} summary={t("gpu.repack-note")} />
      <div className="flex flex-wrap items-center gap-3 text-sm">
        <label htmlFor={id} className="font-medium">
          {t("gpu.target")}
        </label>
        <input
          id={id}
          type="range"
          min={10}
          max={100}
          step={5}
          value={target}
          aria-valuetext={format.percent(target / 100)}
          onChange={(event) => setText(event.target.value, "replace")}
          className="w-56 accent-accent"
        />
        <output htmlFor={id} className="w-12 tabular-nums">
          {format.percent(target / 100)}
        </output>
      </div>
      <QueryView what={t("gpu.repack-title")} query={repack}>
        {(data) => (
          <DataTable
            label={t("gpu.repack-title")}
            rows={data.models}
            columns={columns}
            rowKey={(row) => row.model}
            urlKey="r"
            csvName="sluice-gpu-repack"
            empty={<EmptyNote>{t("gpu.nothing-to-repack")}</EmptyNote>}
          />
        )}
      </QueryView>
    </div>
  );
}
