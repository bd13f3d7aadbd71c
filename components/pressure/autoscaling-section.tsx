"use client";
import { useMemo, useState } from "react";
import { PressureResourceName } from "#server/contract/pressure.ts";
import type { WorkloadPressure } from "#server/contract/pressure-places.ts";
import { PressureReplayQuery, type ReplayOption } from "#server/contract/pressure-replay.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { usePressureReplay } from "../data/pressure-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card } from "../ui/card.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Input } from "../ui/input.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { Tabs } from "../ui/tabs.tsx";
import { textParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { usePressureWindow } from "./pressure-params.ts";

const targetParam = textParam("target", "20");
const minParam = textParam("min", "2");
const maxParam = textParam("max", "10");
const upParam = textParam("up", "0");
const downParam = textParam("down", "300");
const FORMS = [
  ["hpa", "horizontalPodAutoscaler"],
  ["adapter", "prometheusAdapter"],
  ["keda", "scaledObject"],
  ["rule", "recordingRule"],
] as const;

/** What an autoscaler on pressure would have done with this history, three settings side by side, and its manifests. */
export function AutoscalingSection({
  cluster,
  workload,
}: {
  readonly cluster: string;
  readonly workload: WorkloadPressure["workload"];
}) {
  const { t, format } = useReader();
  const [window] = usePressureWindow();
  const [resource, setResource] = useState<(typeof PressureResourceName.options)[number]>("cpu");
  const [target, setTarget] = useUrlState(targetParam);
  const [min, setMin] = useUrlState(minParam);
  const [max, setMax] = useUrlState(maxParam);
  const [up, setUp] = useUrlState(upParam);
  const [down, setDown] = useUrlState(downParam);
  const [form, setForm] = useState<(typeof FORMS)[number][0]>("hpa");
  const asked = PressureReplayQuery.safeParse({
    window,
    resource,
    target: Number(target) / 100,
    min,
    max,
    upSeconds: up,
    downSeconds: down,
  });
  const query = asked.success ? asked.data : PressureReplayQuery.parse({ window, resource });
  const { data, error, refetch } = usePressureReplay({ cluster, ...workload }, query);
  const columns = useReplayColumns(data?.currency ?? "");
  const number = (label: string, value: string, set: (value: string, history: "replace") => void) => (
    <Input
      label={label}
      type="number"
      inputMode="numeric"
      min={0}
      value={value}
      onChange={(event) => set(event.target.value, "replace")}
      className="w-36"
    />
  );
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <SectionHeader
        id="scaling"
        title={t("pressure.scaling")}
        {...(data === undefined
          ? {}
          : {
              summary: t("pressure.scaling-note", {
                step: format.duration(data.stepSeconds),
                counted: format.percent(data.stepCount === 0 ? 0 : data.countedSteps / data.stepCount),
                count: data.currentReplicas,
              }),
            })}
      />
      <div className="flex flex-wrap items-end gap-3">
        <Segmented
          label={t("pressure.resource")}
          value={resource}
          options={PressureResourceName.options.map((value) => ({ value, label: t(`pressure.resource.${value}`) }))}
          onChange={setResource}
        />
        {number(t("pressure.scaling.target"), target, setTarget)}
        {number(t("pressure.scaling.min"), min, setMin)}
        {number(t("pressure.scaling.max"), max, setMax)}
        {number(t("pressure.scaling.up"), up, setUp)}
        {number(t("pressure.scaling.down"), down, setDown)}
      </div>
      {error !== null && <ErrorNote error={error} isStale={data !== undefined} onRetry={() => void refetch()} />}
      {data === undefined && error === null && (
        <Skeleton label={t("ui.loading", { what: t("pressure.scaling") })} shape="rows" />
      )}
      {data !== undefined && data.options.length === 0 && <EmptyNote>{t("pressure.scaling.none")}</EmptyNote>}
      {data !== undefined && data.options.length > 0 && (
        <DataTable
          label={t("pressure.scaling")}
          rows={data.options}
          columns={columns}
          rowKey={({ id }) => id}
          csvName={`sluice-${workload.name}-replay`}
          isBare
        />
      )}
      {data !== undefined && data.options.length > 0 && (
        <p className="flex flex-wrap items-baseline gap-x-1.5 text-xs text-muted-foreground">
          {t("pressure.scaling.price")} <StateMark figure={data.costPerReplicaHour} size="full" />
        </p>
      )}
      {data?.manifests != null && (
        <Card>
          <Tabs
            label={t("pressure.scaling.manifests")}
            tabs={FORMS.map(([id]) => ({ id, label: t(`pressure.scaling.form.${id}`) }))}
            current={form}
            onChange={setForm}
          >
            <CodeBlock
              label={t(`pressure.scaling.form.${form}`)}
              code={data.manifests[FORMS.find(([id]) => id === form)?.[1] ?? "horizontalPodAutoscaler"]}
              fileName={`${workload.name}-pressure-${form}.yaml`}
            />
          </Tabs>
        </Card>
      )}
    </div>
  );
}

function useReplayColumns(currency: string): readonly TableColumn<ReplayOption>[] {
  const { t, format } = useReader();
  return useMemo(
    () => [
      {
        id: "id",
        header: t("pressure.scaling.option"),
        value: (row) => t(`pressure.scaling.option.${row.id}`),
        isRowHeader: true,
      },
      {
        id: "windows",
        header: t("pressure.scaling.windows"),
        value: (row) =>
          row.id === "recorded" ? "–" : `${format.duration(row.upSeconds)} / ${format.duration(row.downSeconds)}`,
      },
      { id: "events", header: t("pressure.scaling.events"), unit: "count", value: (row) => row.eventCount },
      { id: "flaps", header: t("pressure.scaling.flaps"), unit: "count", value: (row) => row.flapCount },
      { id: "peak", header: t("pressure.scaling.peak"), unit: "count", value: (row) => row.peakReplicas },
      {
        id: "replicas",
        header: t("pressure.scaling.trend"),
        value: () => null,
        cell: (row) => (
          <Sparkline
            label={`${t("pressure.scaling.trend")}: ${row.peakReplicas}`}
            values={row.replicas}
            width={112}
            height={20}
          />
        ),
      },
      { id: "hours", header: t("pressure.scaling.hours"), unit: "hours", value: (row) => row.replicaHours },
      {
        id: "change",
        header: t("pressure.scaling.change"),
        unit: "hours",
        value: (row) => row.replicaHours - row.recordedReplicaHours,
      },
      {
        id: "cost",
        header: t("pressure.scaling.cost"),
        unit: `money:${currency}`,
        value: (row) => row.cost,
        csvHeader: "cost",
      },
      {
        id: "cost-change",
        header: t("pressure.scaling.cost-change"),
        unit: `money:${currency}`,
        value: (row) =>
          row.cost === null || row.replicaHours === 0
            ? null
            : row.cost - (row.cost / row.replicaHours) * row.recordedReplicaHours,
        csvHeader: "costChange",
      },
      { id: "surplus", header: t("pressure.scaling.surplus"), unit: "hours", value: (row) => row.surplusReplicaHours },
    ],
    [t, format, currency],
  );
}
