"use client";
import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import type { OomKillRow, SwapContainerRow, SwapNodeRow } from "#server/contract/pressure-swap.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { Badge } from "../ui/badge.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { type Figure, figureValue } from "../ui/figure.ts";
import { toProvenance } from "../ui/provenance.ts";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { Why } from "../ui/why.tsx";
import { pressureHref } from "./pressure-links.ts";

type FigureColumn<Row> = { readonly id: string; readonly header: string; readonly of: (row: Row) => Figure };

function figureColumn<Row>({ id, header, of }: FigureColumn<Row>): TableColumn<Row> {
  return {
    id,
    header,
    align: "end",
    value: (row) => figureValue(of(row)),
    cell: (row) => <StateMark figure={of(row)} />,
  };
}

function Place({ name, place }: { readonly name: string; readonly place: readonly (string | null)[] }) {
  return (
    <span className="flex min-w-0 flex-col py-0.5">
      <span className="font-medium">{name}</span>
      <span className="text-xs text-muted-foreground">{place.filter(Boolean).join(" · ")}</span>
    </span>
  );
}

/** Nodes with swap: policy, use, rates, and how they waited for memory meanwhile. */
export function SwapNodeTable({ rows }: { readonly rows: readonly SwapNodeRow[] }) {
  const { t } = useReader();
  const search = useSearchParams();
  const columns = useMemo<readonly TableColumn<SwapNodeRow>[]>(
    () => [
      {
        id: "node",
        header: t("pressure.swap.node"),
        value: ({ name }) => name,
        isRowHeader: true,
        isFixed: true,
        widthRem: 16,
        cell: ({ name, cluster, pool, zone }) => <Place name={name} place={[cluster, pool, zone]} />,
      },
      {
        id: "policy",
        header: t("pressure.swap.policy"),
        value: ({ behavior }) => behavior ?? t("pressure.swap.policy-unknown"),
        widthRem: 13,
        cell: ({ behavior, breach }) => (
          <span className="flex flex-wrap items-center gap-1.5">
            {behavior ?? <span className="text-muted-foreground">{t("pressure.swap.policy-unknown")}</span>}
            {breach !== null && <Badge tone="drift">{t(`pressure.swap.breach.${breach}`)}</Badge>}
          </span>
        ),
        csvHeader: "behavior",
        csv: ({ behavior }) => behavior,
      },
      figureColumn({ id: "capacity", header: t("pressure.swap.capacity"), of: ({ capacity }) => capacity }),
      {
        id: "used",
        header: t("pressure.swap.used-peak"),
        align: "end",
        value: ({ used }) => figureValue(used),
        csvHeader: "swapUsedBytes",
        cell: ({ used, evidence, name }) => {
          const provenance = toProvenance(
            { ...used, evidence, at: evidence[0]?.at },
            { label: `${name} · ${t("pressure.swap.used-peak")}`, formula: t("pressure.swap.used-formula") },
          );
          return provenance === undefined ? (
            <StateMark figure={used} />
          ) : (
            <Why provenance={provenance}>
              <StateMark figure={used} />
            </Why>
          );
        },
      },
      figureColumn({ id: "in", header: t("pressure.swap.in"), of: ({ swapIn }) => swapIn }),
      figureColumn({ id: "out", header: t("pressure.swap.out"), of: ({ swapOut }) => swapOut }),
      {
        ...figureColumn<SwapNodeRow>({
          id: "waiting",
          header: t("pressure.swap.memory-waits"),
          of: ({ memoryWaiting }) => memoryWaiting,
        }),
        cell: ({ memoryWaiting, stallsWithSwap }) => (
          <span className="inline-flex items-center justify-end gap-1.5">
            {stallsWithSwap && <Badge tone="blocked">{t("pressure.swap.stalls")}</Badge>}
            <StateMark figure={memoryWaiting} />
          </span>
        ),
        widthRem: 12,
      },
      figureColumn({ id: "peak", header: t("pressure.column.peak"), of: ({ memoryWaitingPeak }) => memoryWaitingPeak }),
    ],
    [t],
  );
  return (
    <DataTable
      label={t("pressure.swap.nodes")}
      rows={rows}
      columns={columns}
      rowKey={({ cluster, name }) => `${cluster}/${name}`}
      rowHref={({ cluster, name }) => pressureHref({ cluster, level: "node", namespace: "", kind: "", name }, search)}
      urlKey="swapnodes"
      csvName="sluice-swap-nodes"
      empty={<EmptyNote>{t("pressure.swap.nodes-none")}</EmptyNote>}
    />
  );
}

/** Containers that swap, nearest to their limit first. */
export function SwapContainerTable({
  rows,
  total,
}: {
  readonly rows: readonly SwapContainerRow[];
  readonly total: number;
}) {
  const { t, format } = useReader();
  const search = useSearchParams();
  const columns = useMemo<readonly TableColumn<SwapContainerRow>[]>(
    () => [
      {
        id: "container",
        header: t("pressure.swap.container"),
        value: ({ namespace, pod, container }) => `${namespace}/${pod}/${container}`,
        isRowHeader: true,
        isFixed: true,
        widthRem: 18,
        cell: ({ cluster, namespace, pod, container }) => <Place name={container} place={[cluster, namespace, pod]} />,
      },
      figureColumn({ id: "used", header: t("pressure.swap.used"), of: ({ used }) => used }),
      {
        id: "limit",
        header: t("pressure.swap.limit"),
        align: "end",
        value: ({ limit }) => figureValue(limit),
        csvHeader: "swapLimitBytes",
        cell: ({ limit, limitBasis }) => (
          <span className="inline-flex items-baseline justify-end gap-1.5">
            <StateMark figure={limit} />
            {limitBasis !== null && (
              <span className="text-xs text-muted-foreground">{t(`pressure.swap.basis.${limitBasis}`)}</span>
            )}
          </span>
        ),
        widthRem: 11,
      },
      {
        id: "ratio",
        header: t("pressure.swap.of-limit"),
        align: "end",
        value: ({ usedRatio }) => usedRatio,
        csvHeader: "usedRatio",
        widthRem: 9,
        cell: ({ usedRatio, isNearLimit }) =>
          usedRatio === null ? null : (
            <span className="inline-flex items-center justify-end gap-1.5">
              {isNearLimit && <Badge tone="attention">{t("pressure.swap.near")}</Badge>}
              {format.percent(usedRatio)}
            </span>
          ),
      },
      { id: "node", header: t("pressure.swap.node"), value: ({ nodeName }) => nodeName },
      { id: "team", header: t("pressure.column.team"), value: ({ team }) => team ?? t("pressure.unowned") },
    ],
    [t, format],
  );
  return (
    <DataTable
      label={t("pressure.swap.containers")}
      rows={rows}
      columns={columns}
      rowKey={({ cluster, namespace, pod, container }) => `${cluster}/${namespace}/${pod}/${container}`}
      rowHref={({ cluster, namespace, pod }) =>
        pressureHref({ cluster, level: "pod", namespace, kind: "", name: pod }, search)
      }
      urlKey="swappers"
      csvName="sluice-swap-containers"
      totalRowCount={total}
      empty={<EmptyNote>{t("pressure.swap.containers-none")}</EmptyNote>}
    />
  );
}

/** OOM kills with what LimitedSwap would have allowed them: an estimate, each with its reason. */
export function OomTable({ rows }: { readonly rows: readonly OomKillRow[] }) {
  const { t, format } = useReader();
  const search = useSearchParams();
  const columns = useMemo<readonly TableColumn<OomKillRow>[]>(
    () => [
      {
        id: "container",
        header: t("pressure.swap.container"),
        value: ({ namespace, pod, container }) => `${namespace}/${pod}/${container}`,
        isRowHeader: true,
        isFixed: true,
        widthRem: 18,
        cell: ({ cluster, namespace, pod, container }) => <Place name={container} place={[cluster, namespace, pod]} />,
      },
      {
        id: "at",
        header: t("pressure.swap.killed-at"),
        value: ({ killedAt }) => killedAt,
        cell: ({ killedAt }) =>
          killedAt === null ? <span className="text-muted-foreground">–</span> : <Age at={killedAt} show="both" />,
        csvHeader: "killedAt",
        widthRem: 12,
      },
      figureColumn({ id: "request", header: t("pressure.swap.requested"), of: (row) => row.memoryRequested }),
      figureColumn({ id: "limit", header: t("pressure.swap.memory-limit"), of: (row) => row.memoryLimit }),
      {
        id: "verdict",
        header: t("pressure.swap.verdict"),
        value: ({ verdict }) => t(`pressure.swap.verdict.${verdict}`),
        widthRem: 18,
        cell: ({ verdict, reason, isAssumedSwap }) => (
          <span className="flex flex-wrap items-center gap-x-1.5 gap-y-0.5">
            <Badge tone={verdict === "might" ? "attention" : verdict === "unknown" ? "unknown" : "neutral"}>
              {t(`pressure.swap.verdict.${verdict}`)}
            </Badge>
            {reason !== null && (
              <span className="text-xs text-muted-foreground">{t(`pressure.swap.reason.${reason}`)}</span>
            )}
            {isAssumedSwap && <span className="text-xs text-muted-foreground">{t("pressure.swap.assumed")}</span>}
          </span>
        ),
      },
      {
        id: "swap",
        header: t("pressure.swap.allowed"),
        unit: "bytes",
        value: ({ swapBytes }) => swapBytes,
        csvHeader: "swapBytes",
      },
      {
        id: "bought",
        header: t("pressure.swap.bought"),
        align: "end",
        value: ({ boughtSeconds }) => boughtSeconds,
        csvHeader: "boughtSeconds",
        cell: ({ boughtSeconds, verdict }) =>
          boughtSeconds === null ? (
            verdict === "might" ? (
              <span className="text-muted-foreground">{t("pressure.swap.no-growth")}</span>
            ) : null
          ) : (
            `≈ ${format.duration(boughtSeconds)}`
          ),
        widthRem: 10,
      },
      { id: "team", header: t("pressure.column.team"), value: ({ team }) => team ?? t("pressure.unowned") },
    ],
    [t, format],
  );
  return (
    <DataTable
      label={t("pressure.swap.kills")}
      rows={rows}
      columns={columns}
      rowKey={({ cluster, namespace, pod, container }) => `${cluster}/${namespace}/${pod}/${container}`}
      rowHref={({ cluster, namespace, workloadKind, workloadName }) =>
        pressureHref({ cluster, level: "workload", namespace, kind: workloadKind, name: workloadName }, search)
      }
      urlKey="kills"
      csvName="sluice-oom-kills"
      empty={<EmptyNote>{t("pressure.swap.kills-none")}</EmptyNote>}
    />
  );
}
