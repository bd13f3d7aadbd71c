"use client";
import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import type { GpuDevice, GpuDeviceDetail } from "#server/contract/gpu.ts";
import { ChartFrame } from "../charts/chart-frame.tsx";
import { timeSeriesTable } from "../charts/chart-table.ts";
import { prepareTimeSeries } from "../charts/prepare-time-series.ts";
import { TimeSeriesChart } from "../charts/time-series-chart.tsx";
import { toHours, useGpuDevice } from "../data/gpu-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { scopeHref } from "../layout/scope-href.ts";
import { SCOPE_PARAMS, useTimeRange } from "../layout/use-scope.ts";
import { Age } from "../ui/age.tsx";
import { Breadcrumb } from "../ui/breadcrumb.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { toProvenance } from "../ui/provenance.ts";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Stat } from "../ui/stat.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { shortModel } from "./device-name.ts";
import { DEVICE_STATES, STATE_COLOUR } from "./device-state.ts";
import { StateBadge } from "./state-badge.tsx";

type DeviceScreenProps = { readonly cluster: string; readonly device: string };

/** One accelerator: what it is, who held it, what it did, and how we know. */
export function DeviceScreen({ cluster, device }: DeviceScreenProps) {
  const { t } = useReader();
  const search = useSearchParams();
  const { range, resolved } = useTimeRange();
  const query = useMemo(() => toHours(range, resolved), [range, resolved]);
  const detail = useGpuDevice(cluster, device, query);
  return (
    <div className="flex flex-col gap-5">
      <Breadcrumb
        crumbs={[
          { label: t("gpu.title"), href: scopeHref("/gpu", search, SCOPE_PARAMS) },
          { label: cluster },
          { label: detail.data?.device.nodeName ?? t("gpu.no-node") },
          { label: device },
        ]}
      />
      <SectionHeader
        level={1}
        title={detail.data === undefined ? t("gpu.device") : shortModel(detail.data.device.model)}
        summary={device}
        actions={detail.data === undefined ? null : <Age at={detail.data.device.observedAt} />}
      />
      <QueryView what={t("gpu.device")} query={detail} shape="chart">
        {(data) => (
          <>
            <Facts detail={data} />
            <Now device={data.device} />
            <OverTime detail={data} />
          </>
        )}
      </QueryView>
    </div>
  );
}

function Facts({ detail }: { readonly detail: GpuDeviceDetail }) {
  const { t, format } = useReader();
  const { device } = detail;
  const words = {
    "busy-without-owner": 1,
    busy: 1,
    idle: 1,
    silent: 1,
    "node-not-ready": 1,
    "node-cordoned": 1,
    tainted: 1,
    "no-holder": 1,
  } as const;
  const reason = Object.keys(words).find((key): key is keyof typeof words => key === device.stateReason);
  const limit = format.percent(detail.idleBelowRatio);
  return (
    <Card className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <StateBadge state={device.state} />
        {reason !== undefined && (
          <span>
            {reason === "busy" || reason === "idle" ? t(`gpu.why.${reason}`, { limit }) : t(`gpu.why.${reason}`)}
          </span>
        )}
        <span className="text-muted-foreground">
          {device.activityMetric === null ? (
            t("gpu.no-metric")
          ) : (
            <>
              {t("gpu.active-metric")} <code>{device.activityMetric}</code>
            </>
          )}
        </span>
      </div>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(8rem,1fr))] gap-x-6 gap-y-4">
        <Stat
          label={t("gpu.mean-activity")}
          figure={device.activity}
          {...provenanceOf(device.activity, t("gpu.mean-activity"))}
        />
        <Stat
          label={t("gpu.memory")}
          figure={device.memoryUsed}
          note={
            device.memoryBytes === null
              ? undefined
              : t("gpu.memory-of", { total: format.bytes(device.memoryBytes, "memory") })
          }
        />
        <Stat label={t("gpu.power")} figure={device.power} />
        <Stat
          label={t("gpu.errors")}
          figure={
            device.lastErrorCode === null
              ? { state: "not-exposed", unit: "number" }
              : { state: "value", unit: "number", value: device.lastErrorCode }
          }
          note={device.lastErrorCode === 0 ? t("gpu.no-errors") : undefined}
        />
        <Stat label={t("gpu.run-rate")} figure={detail.costPerHour} />
        <Stat label={t("gpu.cost")} figure={detail.cost} />
        <Stat label={t("gpu.idle-cost")} figure={detail.idleCost} />
      </div>
      <p className="text-xs text-muted-foreground">
        {[device.pool, device.nodeName, t(`gpu.access.${device.access}`), t(`gpu.sharing.${device.sharing}`)]
          .filter(Boolean)
          .join(" · ")}
      </p>
    </Card>
  );
}

function provenanceOf(figure: GpuDevice["activity"], label: string) {
  const provenance = toProvenance(figure, { label });
  return provenance === undefined ? {} : { provenance };
}

type Slice = GpuDevice["partitions"][number];

function Now({ device }: { readonly device: GpuDevice }) {
  const { t } = useReader();
  const slices = useMemo<readonly TableColumn<Slice>[]>(
    () => [
      { id: "profile", header: t("gpu.profile"), isRowHeader: true, value: (row) => row.profile ?? row.id },
      {
        id: "state",
        header: t("gpu.state"),
        value: (row) => t(`gpu.state.${row.state}`),
        cell: (row) => <StateBadge state={row.state} />,
      },
      {
        id: "holder",
        header: t("gpu.holders-now"),
        value: (row) => row.holders.map((holder) => `${holder.namespace}/${holder.pod}`).join(", ") || "–",
      },
      { id: "activity", header: t("gpu.mean-activity"), value: (row) => row.activityRatio, unit: "ratio" },
      { id: "memory", header: t("gpu.memory"), value: (row) => row.memoryUsedBytes, unit: "bytes" },
    ],
    [t],
  );
  return (
    <>
      <Card className="flex flex-col gap-3" aria-labelledby="gpu-holders">
        <CardHeader id="gpu-holders" title={t("gpu.holders-now")} />
        {device.holders.length === 0 ? (
          <EmptyNote>{t(device.state === "active" ? "gpu.why.busy-without-owner" : "gpu.why.no-holder")}</EmptyNote>
        ) : (
          <ul className="flex flex-col gap-2 text-sm">
            {device.holders.map((holder) => (
              <li key={`${holder.namespace}/${holder.pod}`} className="flex flex-wrap items-baseline gap-x-2">
                <span className="font-medium">
                  {holder.workload?.kind ?? t("gpu.kind.pod")} {holder.namespace}/{holder.workload?.name ?? holder.pod}
                </span>
                <span className="text-xs text-muted-foreground">
                  {t("gpu.kind.pod")} {holder.pod} · {holder.team ?? t("gpu.unowned")} ·{" "}
                  {t(`gpu.attributed.${holder.attribution}`)}
                  {holder.claim !== null && ` · ${t("gpu.kind.claim")} ${holder.claim}`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Card>
      {device.partitions.length > 0 && (
        <Card className="flex flex-col gap-3" aria-labelledby="gpu-slices">
          <CardHeader id="gpu-slices" title={t("gpu.slices-title")} />
          <DataTable
            label={t("gpu.slices-title")}
            rows={device.partitions}
            columns={slices}
            rowKey={(row) => row.id}
            isBare
          />
        </Card>
      )}
    </>
  );
}

type Held = GpuDeviceDetail["timeline"][number];

function OverTime({ detail }: { readonly detail: GpuDeviceDetail }) {
  const { t, format, timeZone } = useReader();
  const prepared = useMemo(() => {
    // A state without hours in a bucket that has records was none; a bucket without any stays a gap.
    const byTime = Map.groupBy(detail.timeline, (row) => row.at);
    const series = DEVICE_STATES.flatMap((state) => {
      if (!detail.timeline.some((row) => row.state === state)) return [];
      return [
        {
          key: state,
          label: t(`gpu.state.${state}`),
          colour: STATE_COLOUR[state],
          points: [...byTime].map(([at, rows]) => ({
            at,
            value: rows.reduce((sum, row) => (row.state === state ? sum + row.hours : sum), 0),
          })),
        },
      ];
    });
    return prepareTimeSeries(series, { from: detail.from, to: detail.to, stepSeconds: detail.stepSeconds, timeZone });
  }, [detail, t, timeZone]);
  const spans = useMemo(() => toSpans(detail.timeline, detail), [detail]);
  const columns = useMemo<readonly TableColumn<Span>[]>(
    () => [
      {
        id: "holder",
        header: t("gpu.workload"),
        isRowHeader: true,
        value: (row) =>
          row.name === ""
            ? t(row.state === "free" ? "gpu.nobody" : "gpu.unknown-holder")
            : `${row.namespace}/${row.name}`,
      },
      { id: "team", header: t("gpu.team"), value: (row) => row.team ?? "–" },
      {
        id: "state",
        header: t("gpu.state"),
        value: (row) => t(`gpu.state.${row.state}`),
        cell: (row) => <StateBadge state={row.state} />,
      },
      { id: "hours", header: t("gpu.held-hours"), value: (row) => row.hours, unit: "hours" },
      {
        id: "activity",
        header: t("gpu.mean-activity"),
        value: (row) => row.activityRatio,
        cell: (row) => (
          <StateMark
            figure={
              row.activityRatio === null
                ? { state: "unknown", reason: "stale" }
                : { state: "value", value: row.activityRatio }
            }
            unit="ratio"
          />
        ),
        unit: "ratio",
      },
      {
        id: "first",
        header: t("gpu.first"),
        value: (row) => row.first,
        cell: (row) => format.dateTime(row.first, "minute"),
      },
      {
        id: "last",
        header: t("gpu.last"),
        value: (row) => row.last,
        cell: (row) => format.dateTime(row.last, "minute"),
      },
    ],
    [t, format],
  );
  return (
    <>
      <ChartFrame
        title={t("gpu.over-time")}
        unit={t("gpu.over-time-unit")}
        query={{ data: detail, error: null, refetch: () => undefined }}
        emptyReason={() => (prepared.hasSamples ? null : t("gpu.no-hours"))}
        table={() =>
          timeSeriesTable(prepared, "hours", format, { time: t("chart.time"), noSample: t("chart.no-sample") })
        }
        csvName={`sluice-gpu-${detail.device.id}`}
      >
        {() => (
          <TimeSeriesChart
            label={t("gpu.over-time")}
            prepared={prepared}
            unit="hours"
            kind="stacked-bar"
            heightPixels={170}
          />
        )}
      </ChartFrame>
      <Card className="flex flex-col gap-3" aria-labelledby="gpu-held">
        <CardHeader id="gpu-held" title={t("gpu.held-over-time")} />
        <DataTable
          label={t("gpu.held-over-time")}
          rows={spans}
          columns={columns}
          rowKey={(row) => `${row.state} ${row.team} ${row.namespace} ${row.kind} ${row.name}`}
          csvName={`sluice-gpu-${detail.device.id}-holders`}
          empty={<EmptyNote>{t("gpu.no-hours")}</EmptyNote>}
        />
      </Card>
    </>
  );
}

type Span = Omit<Held, "at"> & { readonly first: string; readonly last: string };

/** One row a holder and state, from the beginning of the first bucket it was seen in to the end of the last one. */
export function toSpans(
  timeline: readonly Held[],
  range: Pick<GpuDeviceDetail, "from" | "to" | "stepSeconds">,
): Span[] {
  const from = Date.parse(range.from);
  const to = Date.parse(range.to);
  const groups = Map.groupBy(timeline, ({ state, team, namespace, kind, name }) =>
    JSON.stringify([state, team, namespace, kind, name]),
  );
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const measured = own.filter((row) => row.activityRatio !== null);
    const weight = measured.reduce((sum, row) => sum + row.hours, 0);
    const { at: _at, ...rest } = first;
    return [
      {
        ...rest,
        hours: own.reduce((sum, row) => sum + row.hours, 0),
        activityRatio:
          weight === 0 ? null : measured.reduce((sum, row) => sum + (row.activityRatio ?? 0) * row.hours, 0) / weight,
        first: new Date(Math.max(from, Date.parse(first.at))).toISOString(),
        last: new Date(Math.min(to, Date.parse(own.at(-1)?.at ?? first.at) + range.stepSeconds * 1000)).toISOString(),
      },
    ];
  });
}
