"use client";
import {
  ArrowDownNarrowWide,
  CircleQuestionMark,
  LogOut,
  type LucideIcon,
  Minimize2,
  Split,
  Wrench,
} from "lucide-react";
import { useMemo } from "react";
import type { Gpu, GpuWaste } from "#server/contract/gpu.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { figureValue } from "../ui/figure.ts";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import type { Tone } from "../ui/tone.ts";
import { shortModel } from "./device-name.ts";
import { holderColumns } from "./holder-columns.tsx";
import { holderKey } from "./holders-table.tsx";

const VERB_ICON: Readonly<Record<GpuWaste["verb"], LucideIcon>> = {
  release: LogOut,
  shrink: Minimize2,
  share: Split,
  "cheaper-model": ArrowDownNarrowWide,
  "fix-claim": Wrench,
  "find-out": CircleQuestionMark,
};
const VERB_TONE: Readonly<Record<GpuWaste["verb"], Tone>> = {
  release: "blocked",
  shrink: "attention",
  share: "in-use",
  "cheaper-model": "in-use",
  "fix-claim": "blocked",
  "find-out": "unknown",
};

/** What idleness costs, dearest first, with the verb that ends it. */
export function WasteTable({ gpu }: { readonly gpu: Gpu }) {
  const { t, format, now } = useReader();
  const minute = Math.floor(now / 60_000) * 60_000;
  const columns = useMemo<readonly TableColumn<GpuWaste>[]>(() => {
    const [workload, ...rest] = holderColumns<GpuWaste>(t, format, minute);
    if (workload === undefined) return [];
    const targetText = ({ model, profile, costPerHour }: NonNullable<GpuWaste["target"]>): string => {
      if (profile !== null) return t("gpu.target-profile", { profile });
      const price = costPerHour === null ? "?" : format.quantity(costPerHour, `money/h:${gpu.currency}`);
      return t("gpu.target-model", { model: shortModel(model), price });
    };
    return [
      workload,
      {
        id: "verb",
        header: t("gpu.verb"),
        value: (row) => t(`gpu.verb.${row.verb}`),
        cell: (row) => (
          <span className="flex flex-col items-start gap-0.5">
            <Badge
              tone={VERB_TONE[row.verb]}
              icon={VERB_ICON[row.verb]}
              look={row.verb === "find-out" ? "dashed" : "soft"}
              title={t(`gpu.verb-why.${row.verb}`)}
            >
              {t(`gpu.verb.${row.verb}`)}
            </Badge>
            {row.target !== null && <span className="text-xs text-muted-foreground">{targetText(row.target)}</span>}
          </span>
        ),
        csv: (row) => (row.target === null ? row.verb : `${row.verb}: ${row.target.profile ?? row.target.model}`),
      },
      {
        id: "wasted",
        header: t("gpu.wasted"),
        hint: t("gpu.wasted-note"),
        value: (row) => figureValue(row.wastedCost),
        cell: (row) => <StateMark figure={row.wastedCost} />,
        unit: `money:${gpu.currency}`,
        csvHeader: "wastedCost",
      },
      {
        id: "idle",
        header: t("gpu.idle-hours"),
        value: (row) => row.idleHours,
        unit: "hours",
        csvHeader: "idleDeviceHours",
      },
      {
        id: "idleShare",
        header: t("gpu.idle-share"),
        value: (row) => row.idleRatio,
        unit: "ratio",
        csvHeader: "idleRatio",
      },
      ...rest,
    ];
  }, [t, format, gpu.currency, minute]);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-muted-foreground">{t("gpu.wasted-note")}</p>
      <DataTable
        label={t("gpu.view.waste")}
        rows={gpu.waste}
        columns={columns}
        rowKey={holderKey}
        urlKey="x"
        csvName="sluice-gpu-waste"
        empty={<EmptyNote>{t("gpu.no-waste")}</EmptyNote>}
      />
    </div>
  );
}
