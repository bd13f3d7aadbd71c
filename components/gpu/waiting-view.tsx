"use client";
import { TriangleAlert } from "lucide-react";
import { useMemo } from "react";
import type { FreeDevices, Gpu, WaitingClaim } from "#server/contract/gpu.ts";
import type { Translate } from "../i18n/catalogue.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { figureValue } from "../ui/figure.ts";
import { SectionHeader } from "../ui/section-header.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { shortModel } from "./device-name.ts";

/** Claims and pods without a device, and the free devices that do not help them. */
export function WaitingView({ gpu }: { readonly gpu: Gpu }) {
  const { t, format, now } = useReader();
  const minute = Math.floor(now / 60_000) * 60_000;
  const waiting = useMemo<readonly TableColumn<WaitingClaim>[]>(
    () => [
      {
        id: "name",
        header: t("gpu.waits"),
        isRowHeader: true,
        isFixed: true,
        value: (row) => `${row.namespace}/${row.name}`,
        cell: (row) => (
          <span className="flex flex-col">
            <span className="font-medium">{row.name}</span>
            <span className="text-xs text-muted-foreground">
              {row.namespace} · {t(`gpu.kind.${row.kind}`)}
              {row.pod !== null && ` · ${t("gpu.kind.pod")} ${row.pod}`}
            </span>
          </span>
        ),
      },
      {
        id: "cause",
        header: t("gpu.cause"),
        widthRem: 20,
        value: (row) => causeText(row, t),
        cell: (row) => (
          <span className="flex max-w-[30rem] flex-col items-start gap-1 py-1 whitespace-normal">
            <Badge
              icon={TriangleAlert}
              tone={row.cause === "class-missing" || row.cause === "no-driver" ? "blocked" : "attention"}
              title={causeText(row, t)}
            >
              {causeText(row, t)}
            </Badge>
            {row.message !== null && (
              <span className="text-xs text-muted-foreground">
                {t("gpu.message")}: {row.message}
              </span>
            )}
          </span>
        ),
        csv: (row) => `${row.cause} ${row.causeOf ?? ""}`.trim(),
      },
      {
        id: "since",
        header: t("gpu.since"),
        value: (row) => (row.since === null ? null : (minute - Date.parse(row.since)) / 1000),
        cell: (row) =>
          row.since === null ? (
            "–"
          ) : (
            <span title={format.dateTime(row.since)}>{format.duration((minute - Date.parse(row.since)) / 1000)}</span>
          ),
        align: "end",
        csvHeader: "since",
        csv: (row) => row.since,
      },
      {
        id: "wants",
        header: t("gpu.wants"),
        value: (row) => row.wants.map(({ name, count }) => `${count} × ${name}`).join(", "),
      },
      {
        id: "verb",
        header: t("gpu.verb"),
        value: (row) => t(`gpu.wait-verb.${row.cause}`),
        csv: (row) => row.cause,
      },
      { id: "team", header: t("gpu.team"), value: (row) => row.team ?? t("gpu.unowned"), widthRem: 8 },
      { id: "cluster", header: t("gpu.cluster"), value: (row) => row.cluster, widthRem: 8 },
    ],
    [t, format, minute],
  );
  const free = useMemo<readonly TableColumn<FreeDevices>[]>(
    () => [
      { id: "pool", header: t("gpu.pool"), isRowHeader: true, value: (row) => row.pool ?? t("gpu.no-pool") },
      { id: "cluster", header: t("gpu.cluster"), value: (row) => row.cluster, widthRem: 8 },
      { id: "model", header: t("gpu.model"), value: (row) => row.model, cell: (row) => shortModel(row.model) },
      {
        id: "profile",
        header: t("gpu.size"),
        value: (row) => row.profile ?? t("gpu.sharing.exclusive"),
        csv: (row) => row.profile,
      },
      {
        id: "access",
        header: t("gpu.access"),
        value: (row) => (row.access === "dra" ? t("gpu.access.dra") : t("gpu.access.device-plugin")),
      },
      {
        id: "count",
        header: t("gpu.free-count"),
        value: (row) => row.count,
        unit: "count",
        total: (rows) => format.count(rows.reduce((sum, row) => sum + row.count, 0)),
      },
      { id: "reason", header: t("gpu.cause"), value: (row) => t(`gpu.free.${row.reason}`), csv: (row) => row.reason },
      {
        id: "cost",
        header: t("gpu.run-rate"),
        value: (row) => figureValue(row.costPerHour),
        cell: (row) => <StateMark figure={row.costPerHour} />,
        unit: `money/h:${gpu.currency}`,
        csvHeader: "costPerHour",
      },
    ],
    [t, format, gpu.currency],
  );
  return (
    <div className="flex flex-col gap-5">
      <section className="flex flex-col gap-2">
        <SectionHeader level={2} title={t("gpu.waiting-title")} />
        <DataTable
          label={t("gpu.waiting-title")}
          rows={gpu.waiting}
          columns={waiting}
          rowKey={(row) => `${row.cluster} ${row.kind} ${row.namespace}/${row.name}`}
          urlKey="c"
          csvName="sluice-gpu-waiting"
          empty={<EmptyNote>{t("gpu.nobody-waits")}</EmptyNote>}
        />
      </section>
      <section className="flex flex-col gap-2">
        <SectionHeader level={2} title={t("gpu.free-title")} />
        <DataTable
          label={t("gpu.free-title")}
          rows={gpu.free}
          columns={free}
          rowKey={(row) => `${row.cluster} ${row.pool} ${row.model} ${row.access} ${row.profile}`}
          urlKey="f"
          csvName="sluice-gpu-free"
          empty={<EmptyNote>{t("gpu.no-free")}</EmptyNote>}
        />
      </section>
    </div>
  );
}

function causeText(row: WaitingClaim, t: Translate): string {
  const name = row.causeOf ?? "";
  switch (row.cause) {
    case "class-missing":
      return t("gpu.cause.class-missing", { name });
    case "no-driver":
      return t("gpu.cause.no-driver", { name });
    case "too-few-free":
      return t("gpu.cause.too-few-free", { name, count: row.freeCount });
    case "scattered":
      return t("gpu.cause.scattered", { name, count: row.freeCount });
    case "not-usable":
      return t("gpu.cause.not-usable", { name, count: row.freeCount });
    case "unknown":
      return t("gpu.cause.unknown");
  }
}
