import type { GpuHolderRow } from "#server/contract/gpu.ts";
import type { Translate } from "../i18n/catalogue.ts";
import { figureValue } from "../ui/figure.ts";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { shortModel } from "./device-name.ts";

/** Who, where and on what: the columns that workloads and waste share. */
export function holderColumns<Row extends GpuHolderRow>(t: Translate): readonly TableColumn<Row>[] {
  return [
    {
      id: "workload",
      header: t("gpu.workload"),
      isRowHeader: true,
      isFixed: true,
      value: (row) => `${row.namespace}/${row.name}`,
      cell: (row) =>
        row.name === "" ? (
          <span className="text-status-unknown">{t("gpu.unknown-holder")}</span>
        ) : (
          <span className="flex flex-col">
            <span className="font-medium">{row.name}</span>
            <span className="text-xs text-muted-foreground">
              {row.namespace} · {row.kind}
            </span>
          </span>
        ),
    },
    { id: "cluster", header: t("gpu.cluster"), value: (row) => row.cluster, widthRem: 8 },
    {
      id: "team",
      header: t("gpu.team"),
      value: (row) => row.team,
      cell: (row) => row.team ?? <span className="text-muted-foreground">{t("gpu.unowned")}</span>,
      widthRem: 8,
    },
    { id: "model", header: t("gpu.model"), value: (row) => row.model, cell: (row) => shortModel(row.model) },
    { id: "pool", header: t("gpu.pool"), value: (row) => row.pool, isHiddenAtFirst: true },
    {
      id: "devices",
      header: t("gpu.devices"),
      value: (row) => row.deviceCount,
      unit: "count",
      csvHeader: "deviceCount",
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
