"use client";
import { useMemo } from "react";
import type { GateChangeList } from "#server/contract/gates.ts";
import { CHANGE_DAYS, gateChangesQuery, useGateChanges } from "../data/gates-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { GateState } from "../ui/gate-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import type { TableColumn } from "../ui/table-column.ts";

type Change = GateChangeList["items"][number];
export type GateChangesProps = {
  readonly clusters: readonly string[];
  /** Of one gate only. */
  readonly gate?: string;
};

/** What changed when, newest first. */
export function GateChanges({ clusters, gate }: GateChangesProps) {
  const { t } = useReader();
  const { data, error, refetch } = useGateChanges(gateChangesQuery(clusters, gate));
  const columns = useMemo<readonly TableColumn<Change>[]>(() => {
    const value = (isOn: boolean | null) =>
      isOn === null ? (
        <span className="text-xs text-status-not-applicable">{t("gates.change.unknown")}</span>
      ) : (
        <GateState state={isOn ? "on" : "off"} />
      );
    const cause = (change: Change) =>
      change.cause === "setting"
        ? t("gates.change.setting")
        : t("gates.change.version", {
            from: change.fromVersion ?? t("state.unknown"),
            to: change.toVersion ?? t("state.unknown"),
          });
    return [
      {
        id: "at",
        header: t("gates.change.at"),
        value: (change) => change.at,
        cell: (change) => <Age at={change.at} />,
        widthRem: 15,
      },
      {
        id: "gate",
        header: t("gates.gate"),
        value: (change) => change.gate,
        isRowHeader: true,
        isHiddenAtFirst: gate !== undefined,
        widthRem: 18,
      },
      { id: "cluster", header: t("gates.change.cluster"), value: (change) => change.cluster },
      { id: "component", header: t("gates.component"), value: (change) => change.component },
      {
        id: "was",
        header: t("gates.change.from"),
        value: (change) => String(change.wasOn),
        cell: (change) => value(change.wasOn),
        widthRem: 8,
      },
      {
        id: "is",
        header: t("gates.change.to"),
        value: (change) => String(change.isOn),
        cell: (change) => value(change.isOn),
        widthRem: 8,
      },
      { id: "cause", header: t("gates.change.cause"), value: cause },
      {
        id: "instances",
        header: t("gates.change.instances"),
        value: (change) => change.instanceCount,
        unit: "count",
        hint: t("gates.detail.instances"),
      },
    ];
  }, [t, gate]);
  if (error !== null && data === undefined) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined)
    return <Skeleton label={t("ui.loading", { what: t("gates.changes") })} shape="rows" rows={3} />;
  return (
    <div className="flex flex-col gap-2">
      <DataTable
        label={t("gates.changes")}
        rows={data.items}
        columns={columns}
        rowKey={(change) =>
          [
            change.cluster,
            change.at,
            change.gate,
            change.component,
            change.fromVersion,
            change.wasOn,
            change.isOn,
          ].join("|")
        }
        {...(gate === undefined ? { urlKey: "changes", csvName: "sluice-gate-changes" } : { isBare: true })}
        empty={<EmptyNote>{t("gates.changes-none", { days: CHANGE_DAYS })}</EmptyNote>}
      />
      {data.isCut && (
        <p className="text-xs text-muted-foreground">{t("gates.changes-cut", { count: data.items.length })}</p>
      )}
    </div>
  );
}
