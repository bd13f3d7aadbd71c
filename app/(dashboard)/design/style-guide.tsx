"use client";
import { useState } from "react";
import { BarList } from "#components/charts/bar-list.tsx";
import { ChartFrame } from "#components/charts/chart-frame.tsx";
import { timeSeriesTable } from "#components/charts/chart-table.ts";
import { FunnelSteps } from "#components/charts/funnel-steps.tsx";
import { Heatmap } from "#components/charts/heatmap.tsx";
import { Matrix } from "#components/charts/matrix.tsx";
import { prepareTimeSeries } from "#components/charts/prepare-time-series.ts";
import { ShareBar } from "#components/charts/share-bar.tsx";
import { Sparkline } from "#components/charts/sparkline.tsx";
import { TimeSeriesChart } from "#components/charts/time-series-chart.tsx";
import { ApiError } from "#components/data/api-error.ts";
import { useReader } from "#components/i18n/reader-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { EmptyNote } from "#components/ui/empty-note.tsx";
import { ErrorNote } from "#components/ui/error-note.tsx";
import { type Figure, figureOf } from "#components/ui/figure.ts";
import { GATE_STATES, GateState } from "#components/ui/gate-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { ProgressBar } from "#components/ui/progress-bar.tsx";
import type { Provenance } from "#components/ui/provenance.ts";
import { SectionHeader } from "#components/ui/section-header.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Stat } from "#components/ui/stat.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { Switch } from "#components/ui/switch.tsx";
import type { TableColumn } from "#components/ui/table-column.ts";
import { Tabs } from "#components/ui/tabs.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import { VERDICTS, type Verdict, VerdictBadge } from "#components/ui/verdict-badge.tsx";

const END = Date.parse("2026-11-22T06:00:00Z");
const HOUR = 3_600_000;
const wave = (seed: number, index: number) =>
  40 + 22 * Math.sin(index / 5 + seed) + 9 * Math.sin(index * 1.7 + seed * 3);
const NAMES = ["checkout", "search", "ledger", "ingest", "media", "identity", "mail", "batch", "edge", "labs"];
const SERIES = NAMES.map((key, seed) => ({
  key,
  label: key,
  points: Array.from({ length: 48 }, (_, index) => ({
    at: END - (48 - index) * HOUR,
    value:
      seed === 1 && index > 14 && index < 22 && index !== 18 ? null : Math.max(1, wave(seed, index) / (seed * 0.6 + 1)),
  })),
}));

const PROVENANCE: Provenance = {
  label: "Cost per hour",
  value: 41.27,
  unit: "money/h:USD",
  takenAt: "2026-11-22T05:41:00Z",
  formula: "Hours of every node × its price row, summed over 412 nodes. List price before discounts.",
  coverage: { seen: 412, of: 420, what: "nodes" },
  sources: [
    {
      kind: "api",
      ref: "/api/v1/nodes",
      subject: "cluster/prod-us",
      observed: "412 nodes, 3 instance types",
      at: "2026-11-22T05:41:00Z",
    },
    {
      kind: "query",
      ref: "nodeMemoryWaiting",
      detail: "Share of time in which some task waited for memory, per node. Unit: ratio.",
      observed: "0.031",
      at: "2026-11-22T05:40:30Z",
      docsUrl: "https://docs.kernel.org/accounting/psi.html",
    },
    {
      kind: "price",
      ref: "aws/us-east-1/m7i.2xlarge/on-demand",
      detail: "Valid from 2026-07-01, per hour, public list price.",
      observed: "0.4032 USD",
      at: "2026-07-01T00:00:00Z",
    },
  ],
};

type Row = {
  readonly node: string;
  readonly cluster: string;
  readonly verdict: Verdict;
  readonly memory: Figure;
  readonly cores: number;
  readonly cost: number | null;
};
const FIGURES: readonly Figure[] = [
  { state: "value", value: 12.4e9, part: { covered: 18, of: 20 } },
  { state: "value", value: 0 },
  { state: "below", value: 2e9 },
  { state: "unknown", reason: "forbidden" },
  { state: "not-exposed" },
  { state: "not-applicable" },
];
const makeRows = (count: number): readonly Row[] =>
  Array.from({ length: count }, (_, index) => ({
    node: `ip-10-0-${index % 32}-${index}.ec2.internal`,
    cluster: ["prod-us", "prod-eu", "staging"][index % 3] ?? "prod-us",
    verdict: VERDICTS[index % VERDICTS.length] ?? "unknown",
    memory: FIGURES[index % FIGURES.length] ?? { state: "unknown", reason: "stale" },
    cores: (index * 7) % 64,
    cost: index % 9 === 4 ? null : ((index * 37) % 400) / 100,
  }));
const ROWS = makeRows(11);
const MANY = makeRows(5_000);
const COLUMNS: readonly TableColumn<Row>[] = [
  { id: "node", header: "Node", value: (row) => row.node, widthRem: 18 },
  { id: "cluster", header: "Cluster", value: (row) => row.cluster },
  {
    id: "verdict",
    header: "Verdict",
    value: (row) => row.verdict,
    cell: (row) => <VerdictBadge verdict={row.verdict} />,
  },
  {
    id: "memory",
    header: "Memory used",
    hint: "Working set, newest sample",
    unit: "bytes",
    value: (row) => (row.memory.state === "value" ? row.memory.value : null),
    cell: (row) => <StateMark figure={row.memory} unit="bytes" />,
  },
  { id: "cores", header: "CPU", unit: "cores", value: (row) => row.cores },
  {
    id: "cost",
    header: "Cost",
    unit: "money/h:USD",
    value: (row) => row.cost,
    cell: (row) => <StateMark figure={figureOf(row.cost, "not-configured")} unit="money/h:USD" />,
    total: (rows) => (
      <StateMark figure={figureOf(rows.reduce((sum, row) => sum + (row.cost ?? 0), 0))} unit="money/h:USD" />
    ),
  },
];
const HEAT_TIMES = Array.from({ length: 48 }, (_, index) => END - (48 - index) * HOUR);
const HEAT_GROUPS = ["gpu-a100", "general", "spot-burst"].map((pool, group) => ({
  key: pool,
  label: pool,
  rows: Array.from({ length: [8, 24, 600][group] ?? 8 }, (_, row) => ({
    key: `${pool}-${row}`,
    label: `ip-10-${group}-0-${row}`,
    values: HEAT_TIMES.map((_, index) =>
      (row + index) % 37 === 0
        ? null
        : Math.max(0, Math.min(1, (wave(row + group, index) - 25) / 120 + (row % 11 === 0 ? 0.35 : 0))),
    ),
  })),
}));
const ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"];
const VALUES = Array.from({ length: 32 }, (_, index) => (index > 11 && index < 15 ? null : wave(2, index)));
const ready = { error: null, refetch: () => undefined };

export function StyleGuide() {
  const { t, format } = useReader();
  const [isOpen, setOpen] = useState(false);
  const [tab, setTab] = useState<"one" | "two">("one");
  const [segment, setSegment] = useState<"day" | "week" | "month">("week");
  const [isOn, setOn] = useState(true);
  const prepared = prepareTimeSeries(SERIES, {
    from: END - 48 * HOUR,
    to: END,
    stepSeconds: 3600,
    timeZone: "UTC",
    limit: 5,
    restLabel: (count) => t("chart.rest", { count }),
  });
  const words = { time: t("chart.time"), noSample: t("chart.no-sample") };
  return (
    <div className="flex flex-col gap-8">
      <SectionHeader
        level={1}
        title="Style guide"
        summary="Every piece in every state. Development only."
        actions={
          <>
            <Button onClick={() => setOpen(true)}>Open dialog</Button>
            <Button variant="primary">Read now</Button>
          </>
        }
      />
      {isOpen && (
        <Dialog
          title="Poll prod-us now?"
          description="Takes about 20 seconds."
          onClose={() => setOpen(false)}
          footer={<Button variant="primary">Poll</Button>}
        >
          <p>One inventory read joins a running one.</p>
        </Dialog>
      )}
      <Card aria-label="Figures" className="grid gap-x-8 gap-y-6 sm:grid-cols-2 lg:grid-cols-4">
        <Stat
          label="Cost per hour"
          figure={{ state: "value", value: 41.27 }}
          unit="money/h:USD"
          provenance={PROVENANCE}
          delta={{ text: "+4.2%", direction: "up", meaning: "bad", basis: "vs last week" }}
          trend={<Sparkline label="Cost over 32 hours" values={VALUES} />}
        />
        <Stat
          label="Memory in use"
          figure={{ state: "value", value: 5.3e12 }}
          unit="bytes"
          note="of 9.1 TiB capacity"
        />
        <Stat
          label="Nodes under pressure"
          figure={{ state: "value", value: 0 }}
          unit="count"
          note="412 nodes looked at"
        />
        <Stat
          label="GPU busy"
          figure={{ state: "unknown", reason: "not-configured" }}
          unit="ratio"
          note="No exporter answers"
        />
      </Card>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card aria-label="Verdicts" className="flex flex-col gap-3">
          <CardHeader title="Verdicts and states" />
          <div className="flex flex-wrap gap-2">
            {VERDICTS.map((verdict) => (
              <VerdictBadge key={verdict} verdict={verdict} />
            ))}
          </div>
          <div className="flex flex-wrap gap-x-5 gap-y-2">
            {FIGURES.map((figure) => (
              <StateMark key={JSON.stringify(figure)} figure={figure} unit="bytes" size="full" />
            ))}
          </div>
          <div className="flex flex-wrap gap-x-5 gap-y-2">
            {GATE_STATES.map((state) => (
              <GateState key={state} state={state} origin={state === "on" ? "set" : null} isLocked={state === "on"} />
            ))}
          </div>
        </Card>
        <Card aria-label="Funnel" className="flex flex-col gap-4">
          <CardHeader title="In-place pod resize" note="prod-us, 1.36" actions={<VerdictBadge verdict="in-use" />} />
          <FunnelSteps
            label="Funnel of in-place pod resize"
            steps={[
              { stage: "available", state: "met", met: null, of: null, isInferred: false },
              { stage: "enabled", state: "met", met: null, of: null, isInferred: true },
              { stage: "ready", state: "partly", met: 9, of: 12, isInferred: false, provenance: PROVENANCE },
              { stage: "adopted", state: "partly", met: 4, of: 80, isInferred: false },
              { stage: "effective", state: "unknown", met: null, of: null, isInferred: false },
            ]}
          />
          <FunnelSteps
            size="compact"
            label="The same, compact"
            steps={[
              { stage: "available", state: "met", met: null, of: null, isInferred: false },
              { stage: "enabled", state: "met", met: null, of: null, isInferred: true },
              { stage: "ready", state: "not-met", met: 0, of: 12, isInferred: false },
              { stage: "adopted", state: "not-reached", met: null, of: null, isInferred: false },
              { stage: "effective", state: "not-exposed", met: null, of: null, isInferred: false },
            ]}
          />
        </Card>
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <ChartFrame
          title="CPU in use"
          unit="cores"
          query={{ ...ready, data: prepared }}
          emptyReason={() => null}
          partialReason={() => "prod-eu did not answer since 05:12"}
          table={(data) => timeSeriesTable(data, "cores", format, words)}
          note={() => "Largest 5 of 10 by use. One sample per hour."}
        >
          {(data) => <TimeSeriesChart label="CPU in use by team" prepared={data} unit="cores" />}
        </ChartFrame>
        <ChartFrame
          title="Cost by team"
          unit="USD per hour"
          query={{ ...ready, data: prepared }}
          emptyReason={() => null}
        >
          {(data) => <TimeSeriesChart label="Cost by team" prepared={data} unit="money/h:USD" kind="stacked-bar" />}
        </ChartFrame>
        <ChartFrame
          title="Memory waiting"
          unit="share of time"
          query={{
            ...ready,
            data: undefined,
            error: new ApiError("source-unavailable", "x", {
              detail: "prom-eu: timed out after 30 s",
              requestId: "req_01JD8Q",
            }),
          }}
          emptyReason={() => null}
        >
          {() => null}
        </ChartFrame>
        <ChartFrame
          title="GPU busy"
          unit="share of time"
          query={{ ...ready, data: [] }}
          emptyReason={() => "No node of the chosen clusters has a GPU."}
        >
          {() => null}
        </ChartFrame>
      </div>
      <ChartFrame
        title="CPU waiting by node"
        unit="share of time"
        query={{ ...ready, data: HEAT_GROUPS }}
        emptyReason={() => null}
      >
        {(groups) => (
          <Heatmap label="CPU waiting by node over 48 hours" groups={groups} times={HEAT_TIMES} unit="ratio" max={1} />
        )}
      </ChartFrame>
      <div className="grid items-start gap-4 lg:grid-cols-3">
        <Card aria-label="Matrix" className="flex flex-col gap-3">
          <CardHeader title="Zone to zone" />
          <Matrix
            label="Traffic between zones"
            rowsLabel="from"
            columnsLabel="to"
            rows={ZONES}
            columns={ZONES}
            unit="traffic-bytes/s"
            isInside={(from, to) => from === to}
            cells={ZONES.flatMap((from, a) =>
              ZONES.map((to, b) => ({ from, to, value: a === 2 && b === 1 ? null : (a + 1) * (b + 2) * 3.1e6 })),
            )}
          />
        </Card>
        <Card aria-label="Ranking" className="flex flex-col gap-3">
          <CardHeader title="Dearest teams" />
          <BarList
            label="Dearest teams"
            unit="money/h:USD"
            items={NAMES.slice(0, 4).map((key, index) => ({ key, label: key, value: 9.4 / (index + 1) }))}
          />
          <ShareBar
            label="Nodes by readiness"
            unit="count"
            parts={[
              { key: "ready", label: "Ready", value: 300, colour: "var(--status-ready)" },
              { key: "blocked", label: "Blocked", value: 40, colour: "var(--status-blocked)" },
              { key: "unknown", label: "Unknown", value: 72, colour: "", isHatched: true },
            ]}
          />
        </Card>
        <Card aria-label="Form" className="flex flex-col gap-3">
          <CardHeader title="Fields" />
          <Input label="Budget per month" hint="In USD" defaultValue="12000" />
          <Input label="Name" error="Must be unique" defaultValue="prod-us" />
          <Select
            label="Provider"
            value="aws"
            options={[
              { value: "aws", label: "AWS" },
              { value: "gcp", label: "Google Cloud" },
            ]}
            onChange={() => undefined}
          />
          <Segmented
            label="Grain"
            value={segment}
            onChange={setSegment}
            options={[
              { value: "day", label: "Day" },
              { value: "week", label: "Week" },
              { value: "month", label: "Month" },
            ]}
          />
          <div className="flex flex-wrap gap-4">
            <Switch label="Only mine" isOn={isOn} onChange={setOn} />
            <Checkbox label="Include idle" isChecked={isOn} onChange={setOn} />
            <Tooltip text="Pressure stall information: share of time in which tasks waited" isFocusable>
              <span className="underline decoration-dotted underline-offset-3">PSI</span>
            </Tooltip>
          </div>
          <ProgressBar label="Backfill" value={18} max={30} text="Backfill: 18 of 30 days" />
        </Card>
      </div>
      <Tabs
        label="Tables"
        current={tab}
        onChange={setTab}
        tabs={[
          { id: "one", label: "Few rows", count: 11 },
          { id: "two", label: "Many rows", count: 5000 },
        ]}
      >
        {tab === "one" ? (
          <DataTable
            label="Nodes"
            rows={ROWS}
            columns={COLUMNS}
            rowKey={(row) => row.node}
            urlKey="nodes"
            csvName="nodes"
            rowHref={(row) => `/clusters/${row.cluster}`}
          />
        ) : (
          <DataTable
            label="All nodes"
            rows={MANY}
            columns={COLUMNS}
            rowKey={(row) => row.node}
            csvName="all-nodes"
            totalRowCount={6200}
            onRowClick={() => setOpen(true)}
          />
        )}
      </Tabs>
      <div className="grid items-start gap-4 lg:grid-cols-3">
        <CodeBlock
          label="RBAC rule"
          fileName="sluice-rbac.yaml"
          code={'- apiGroups: [""]\n  resources: [nodes/metrics]\n  verbs: [get]\n'}
        />
        <Card aria-label="Notes" className="flex flex-col gap-3">
          <ErrorNote isStale error={new ApiError("network", "x")} onRetry={() => undefined} />
          <EmptyNote action={<Button size="sm">Connect a cluster</Button>}>No cluster is connected yet.</EmptyNote>
        </Card>
        <Card aria-label="Skeletons" className="flex flex-col gap-4">
          <Skeleton label="Loading figure" shape="figure" />
          <Skeleton label="Loading rows" shape="rows" rows={4} />
        </Card>
      </div>
    </div>
  );
}
