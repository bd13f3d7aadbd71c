"use client";
import { useMemo } from "react";
import type { GateCell, GateColumn, GateList, GateRow } from "#server/contract/gates.ts";
import { cellOf } from "../data/gates-queries.ts";
import type { MessageKey, Translate } from "../i18n/catalogue.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { Badge } from "../ui/badge.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { Drawer } from "../ui/drawer.tsx";
import { GateState } from "../ui/gate-state.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { TextLink } from "../ui/text-link.tsx";
import { GateChanges } from "./gate-changes.tsx";
import { columnCount, columnTitle, groupName } from "./gate-facts.ts";

export type GateDrawerProps = {
  readonly list: GateList;
  readonly row: GateRow;
  /** The column that was clicked. */
  readonly column: GateColumn | null;
  readonly clusters: readonly string[];
  readonly onClose: () => void;
};

type Place = { readonly column: GateColumn; readonly cell: GateCell | null };

/** One gate everywhere: the clicked cell first, then every group with its source, the disagreements, the changes. */
export function GateDrawer({ list, row, column, clusters, onClose }: GateDrawerProps) {
  const { t } = useReader();
  const places = useMemo<readonly Place[]>(
    () => list.columns.map((own, index) => ({ column: own, cell: cellOf(list, row, index) })),
    [list, row],
  );
  const chosen = places.find((place) => place.column === column);
  const columns = usePlaceColumns();
  return (
    <Drawer
      size="lg"
      title={row.gate}
      description={[
        row.kep === null ? null : t("gates.kep", { number: String(row.kep) }),
        row.components.length === 0 ? t("gates.acts-unknown") : t("gates.acts", { list: row.components.join(", ") }),
      ]
        .filter((part) => part !== null)
        .join(" · ")}
      onClose={onClose}
    >
      <div className="flex flex-col gap-6">
        {row.isInCatalogue ? (
          <p>
            <TextLink href={`/features/${encodeURIComponent(`gate:${row.gate}`)}`}>
              {t("gates.detail.feature")}
            </TextLink>
          </p>
        ) : (
          <p className="text-status-attention">{t("gates.only.unlisted")}</p>
        )}
        {chosen !== undefined && <ChosenCell place={chosen} />}
        <section className="flex flex-col gap-2">
          <h3 className="text-sm">{t("gates.detail.drift")}</h3>
          <Drifts list={list} row={row} />
        </section>
        <section className="flex flex-col gap-2">
          <h3 className="text-sm">{t("gates.detail.where")}</h3>
          <DataTable
            label={t("gates.detail.where")}
            rows={places}
            columns={columns}
            rowKey={({ column: own }) => `${own.cluster}/${own.group}`}
            csvName={`sluice-gate-${row.gate}`}
          />
        </section>
        <section className="flex flex-col gap-2">
          <h3 className="text-sm">{t("gates.changes")}</h3>
          <GateChanges clusters={clusters} gate={row.gate} />
        </section>
      </div>
    </Drawer>
  );
}

function ChosenCell({ place: { column, cell } }: { readonly place: Place }) {
  const { t } = useReader();
  const facts: readonly (readonly [string, string])[] = [
    [t("gates.detail.default"), sayDefault(cell, t)],
    [t("gates.detail.set"), saySetting(cell, t)],
    [t("gates.detail.source"), saySource(cell, t)],
    [t("gates.detail.instances"), [columnCount(column, t), listNames(column)].filter((text) => text !== "").join(": ")],
  ];
  return (
    <section className="flex flex-col gap-2 rounded-md border bg-sunken px-3 py-2.5">
      <h3 className="text-sm">
        {column.cluster} · {columnTitle(column, t)}
      </h3>
      <p className="flex flex-wrap items-center gap-x-3">
        <CellState cell={cell} />
        {column.readAt !== null && (
          <span className="text-xs text-muted-foreground">
            <Age at={column.readAt} />
          </span>
        )}
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 text-xs">
        {facts.map(([name, text]) => (
          <div key={name} className="contents">
            <dt className="text-muted-foreground">{name}</dt>
            <dd className="break-words">{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The names that the answer has, and a mark where there are more. */
function listNames({ instances, instanceCount }: GateColumn): string {
  const names = instances.filter((name) => name !== "");
  return [...names, ...(names.length > 0 && instanceCount > names.length ? ["…"] : [])].join(", ");
}

function CellState({ cell }: { readonly cell: GateCell | null }) {
  const { t } = useReader();
  if (cell === null) return <span className="text-xs text-status-not-applicable">{t("gates.absent")}</span>;
  const { explicit } = cell;
  return (
    <GateState
      state={cell.state}
      origin={explicit.how === "visible" ? "set" : explicit.how === "inferred" ? "inferred" : null}
      isLocked={cell.isLocked === true}
    />
  );
}

function Drifts({ list, row }: { readonly list: GateList; readonly row: GateRow }) {
  const { t } = useReader();
  const { fleetDrift } = row;
  if (row.drift.length === 0 && fleetDrift === null) {
    return <p className="text-muted-foreground">{t("gates.detail.no-drift")}</p>;
  }
  const names = (cluster: string, groups: readonly string[]) =>
    groups.map((group) => groupName(list, cluster, group, t)).join("; ");
  return (
    <ul className="flex flex-col gap-2">
      {row.drift.map((drift) => (
        <li
          key={`${drift.cluster}/${drift.kind}/${drift.on.join()}`}
          className="flex flex-col gap-1 rounded-md border px-3 py-2"
        >
          <span className="flex flex-wrap items-center gap-2">
            <Badge tone="drift">{t(`gates.drift.${drift.kind}`)}</Badge>
            <span className="font-medium">{drift.cluster}</span>
            <span className="text-muted-foreground">{t(`gates.cause.${drift.cause}`)}</span>
          </span>
          <span className="text-xs">{t("gates.detail.on", { list: names(drift.cluster, drift.on) })}</span>
          <span className="text-xs">{t("gates.detail.off", { list: names(drift.cluster, drift.off) })}</span>
        </li>
      ))}
      {fleetDrift !== null && (
        <li className="flex flex-col gap-1 rounded-md border px-3 py-2">
          <span className="flex flex-wrap items-center gap-2">
            <Badge tone="drift" look="outline">
              {t("gates.detail.fleet")}
            </Badge>
            <span className="text-muted-foreground">
              {t(fleetDrift.isWithinOneMinor ? "gates.detail.fleet-setting" : "gates.detail.fleet-version")}
            </span>
          </span>
          <span className="text-xs">
            {[
              fleetDrift.on.length === 0 ? null : t("gates.detail.on", { list: fleetDrift.on.join(", ") }),
              fleetDrift.off.length === 0 ? null : t("gates.detail.off", { list: fleetDrift.off.join(", ") }),
              fleetDrift.mixed.length === 0 ? null : t("gates.detail.mixed", { list: fleetDrift.mixed.join(", ") }),
            ]
              .filter((part) => part !== null)
              .join(" · ")}
          </span>
        </li>
      )}
    </ul>
  );
}

function usePlaceColumns(): readonly TableColumn<Place>[] {
  const { t } = useReader();
  return useMemo(
    () => [
      {
        id: "group",
        header: t("gates.detail.group"),
        value: ({ column }) => `${column.cluster} · ${columnTitle(column, t)}`,
        isRowHeader: true,
        isFixed: true,
        widthRem: 20,
      },
      {
        id: "state",
        header: t("gates.detail.state"),
        value: ({ cell }) => (cell === null ? t("gates.absent") : t(`gate.${cell.state}`)),
        cell: ({ cell }) => <CellState cell={cell} />,
        widthRem: 15,
      },
      { id: "default", header: t("gates.detail.default"), value: ({ cell }) => sayDefault(cell, t), widthRem: 8 },
      { id: "set", header: t("gates.detail.set"), value: ({ cell }) => saySetting(cell, t), widthRem: 10 },
      { id: "source", header: t("gates.detail.source"), value: ({ cell }) => saySource(cell, t), widthRem: 16 },
    ],
    [t],
  );
}

const STAGE_KEYS = {
  Alpha: "gates.stage.alpha",
  Beta: "gates.stage.beta",
  GA: "gates.stage.ga",
  Deprecated: "gates.stage.deprecated",
} as const satisfies Record<NonNullable<GateCell["stage"]>, MessageKey>;

function sayValue(isOn: boolean, t: Translate): string {
  return t(isOn ? "gates.default.on" : "gates.default.off");
}
function sayDefault(cell: GateCell | null, t: Translate): string {
  if (cell === null || cell.isOnByDefault === null) return "–";
  const stage = cell.stage === null ? null : t(STAGE_KEYS[cell.stage]);
  return [sayValue(cell.isOnByDefault, t), stage].filter((part) => part !== null).join(" · ");
}
function saySetting(cell: GateCell | null, t: Translate): string {
  if (cell === null) return "–";
  const { explicit } = cell;
  switch (explicit.how) {
    case "visible":
      return `${t("gates.explicit.visible", { value: sayValue(explicit.isOn, t) })} · ${t(`gates.source.${explicit.source}`)}`;
    case "inferred":
      return t("gates.explicit.inferred", { value: sayValue(explicit.isOn, t) });
    case "no":
    case "not-visible":
      return t(`gates.explicit.${explicit.how}`);
  }
}
function saySource(cell: GateCell | null, t: Translate): string {
  if (cell === null) return "–";
  return [
    t(`gates.source.${cell.source}`),
    cell.isInferred && cell.source !== "catalogue" ? t("gates.derived") : null,
    cell.reason,
    cell.isConsulted === false ? t("gates.mark.idle") : null,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}
