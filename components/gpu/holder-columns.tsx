import type { GpuHolderRow, GpuTotal } from "#server/contract/gpu.ts";
import type { Format } from "../format/make-format.ts";
import type { Translate } from "../i18n/catalogue.ts";
import { figureValue } from "../ui/figure.ts";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { shortModel } from "./device-name.ts";

type Line = GpuHolderRow & { readonly holder?: GpuTotal["holder"] };

/** Who, where and on what: the columns that workloads and waste share. */
export function holderColumns<Row extends Line>(
  t: Translate,
  format: Format,
  /** Epoch ms; a full minute, so that the columns stay the same within it. */
  now: number,
): readonly TableColumn<Row>[] {
  const wordOf = ({ holder, name }: Row): string | null =>
    holder === undefined || holder === "held"
      ? name === ""
        ? t("gpu.unknown-holder")
        : null
      : t(`gpu.holder.${holder}`);
  return [
    {
      id: "workload",
      header: t("gpu.workload"),
      isRowHeader: true,
      isFixed: true,
      value: (row) => wordOf(row) ?? `${row.namespace}/${row.name}`,
      cell: (row) => {
        const word = wordOf(row);
        return word === null ? (
          <span className="flex flex-col">
            <span className="font-medium">{row.name}</span>
            <span className="text-xs text-muted-foreground">
              {row.namespace} · {row.kind}
            </span>
          </span>
        ) : (
          <span className={row.holder === "unknown-owner" ? "text-status-unknown" : "text-muted-foreground"}>
            {word}
          </span>
        );
      },
      csv: (row) => (row.name === "" ? (row.holder ?? "") : `${row.namespace}/${row.name}`),
    },
    { id: "cluster", header: t("gpu.cluster"), value: (row) => row.cluster, widthRem: 8 },
    {
      id: "team",
      header: t("gpu.team"),
      value: (row) => row.team,
      cell: (row) =>
        row.team ?? (
          <span className="text-muted-foreground">
            {row.holder === "free" || row.holder === "unavailable" ? "–" : t("gpu.unowned")}
          </span>
        ),
      widthRem: 8,
    },
    {
      id: "model",
      header: t("gpu.model"),
      value: (row) => (row.model === "" ? null : row.model),
      cell: (row) => (row.model === "" ? "–" : shortModel(row.model)),
    },
    { id: "pool", header: t("gpu.pool"), value: (row) => row.pool, isHiddenAtFirst: true },
    {
      id: "devices",
      header: t("gpu.devices"),
      value: (row) => (row.deviceCount === 0 ? null : row.deviceCount),
      cell: (row) => (row.deviceCount === 0 ? "–" : format.count(row.deviceCount)),
      unit: "count",
      csvHeader: "deviceCount",
    },
    {
      id: "heldSince",
      header: t("gpu.held-since"),
      hint: t("gpu.held-since-hint"),
      value: (row) => (row.heldSince === null ? null : (now - Date.parse(row.heldSince)) / 1000),
      cell: (row) =>
        row.heldSince === null ? (
          "–"
        ) : (
          <span title={format.dateTime(row.heldSince)}>
            {format.duration((now - Date.parse(row.heldSince)) / 1000)}
          </span>
        ),
      align: "end",
      widthRem: 7,
      csvHeader: "heldSinceAt",
      csv: (row) => row.heldSince,
    },
    {
      id: "activity",
      header: t("gpu.mean-activity"),
      value: (row) => figureValue(row.activity),
      cell: (row) => <StateMark figure={row.activity} />,
      unit: "ratio",
      csvHeader: "activityRatio",
    },
  ];
}
