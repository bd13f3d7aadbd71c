"use client";
import { TriangleAlert } from "lucide-react";
import type { GateColumn, GateList } from "#server/contract/gates.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { cn } from "../ui/cn.ts";
import { columnCount, columnName, columnTitle, type PlacedColumn } from "./gate-facts.ts";

/** Names that fit above one or two narrow columns. */
const SHORT: Readonly<Record<GateColumn["component"], string>> = {
  "kube-apiserver": "api",
  "kube-controller-manager": "cm",
  "kube-scheduler": "sch",
  kubelet: "kubelet",
  "kube-proxy": "proxy",
};

type Run = {
  readonly key: string;
  readonly cluster: string;
  readonly component: GateColumn["component"] | null;
  readonly span: number;
};

/** Neighbours of the same cluster, or of the same cluster and component, as one head. */
function runs(columns: readonly PlacedColumn[], by: "cluster" | "component"): Run[] {
  const found: Run[] = [];
  for (const { column, index } of columns) {
    const component = by === "component" ? column.component : null;
    const last = found.at(-1);
    if (last !== undefined && last.cluster === column.cluster && last.component === component) {
      found[found.length - 1] = { ...last, span: last.span + 1 };
    } else found.push({ key: String(index), cluster: column.cluster, component, span: 1 });
  }
  return found;
}

export type GateMatrixHeadProps = {
  readonly list: GateList;
  readonly shown: readonly PlacedColumn[];
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
};

/** Cluster, component, then group and version written upwards. */
export function GateMatrixHead({ list, shown, hasBefore, hasAfter }: GateMatrixHeadProps) {
  const { t } = useReader();
  const minorOf = (name: string) => list.clusters.find((cluster) => cluster.name === name)?.minor ?? null;
  const edge = "border-r border-border-strong";
  return (
    <thead className="sticky top-0 z-20">
      <tr className="h-7">
        <th
          scope="col"
          rowSpan={3}
          className="sticky left-0 z-30 border-r border-b border-border-strong bg-card px-3 pb-2 text-left align-bottom text-xs font-medium text-muted-foreground"
        >
          {t("gates.gate")}
        </th>
        {hasBefore && <td rowSpan={3} className="border-b bg-card" />}
        {runs(shown, "cluster").map(({ key, cluster, span }) => (
          <th key={key} scope="colgroup" colSpan={span} className={cn("bg-sunken px-2 text-left font-semibold", edge)}>
            <span
              className="sticky left-80 inline-block max-w-full truncate align-middle max-sm:left-42"
              title={cluster}
            >
              {cluster} <span className="text-xs font-normal text-muted-foreground">{minorOf(cluster) ?? ""}</span>
            </span>
          </th>
        ))}
        {hasAfter && <td rowSpan={3} className="border-b bg-card" />}
      </tr>
      <tr className="h-6">
        {runs(shown, "component").map(({ key, component, span }, index, all) => (
          <th
            key={key}
            scope="colgroup"
            colSpan={span}
            title={component ?? ""}
            className={cn(
              "overflow-hidden bg-sunken px-1 text-left text-2xs font-medium text-muted-foreground",
              all[index + 1]?.cluster === all[index]?.cluster ? "border-r" : edge,
            )}
          >
            <span className="block truncate">
              {component !== null && (span > 3 ? component : SHORT[component])}
              {component !== null && span <= 3 && <span className="sr-only">{component}</span>}
            </span>
          </th>
        ))}
      </tr>
      <tr className="h-40">
        {shown.map(({ column, index }, place) => {
          const title = [
            column.cluster,
            columnTitle(column, t),
            column.isRead ? null : t("gates.not-read", { reason: column.reason ?? t("state.unknown") }),
          ]
            .filter((part) => part !== null)
            .join(" · ");
          return (
            <th
              key={index}
              scope="col"
              title={title}
              aria-colindex={place + 2}
              className={cn(
                "border-b border-b-border-strong bg-card p-0 align-bottom font-normal",
                shown[place + 1]?.column.cluster === column.cluster ? "" : edge,
                !column.isRead && "hatched",
              )}
            >
              <span className="flex h-40 w-full rotate-180 items-center justify-start gap-1 py-1.5 text-2xs leading-4 whitespace-nowrap [writing-mode:vertical-rl]">
                <span className={cn("truncate", column.isRead ? "text-foreground" : "text-status-unknown")}>
                  {columnName(column, t)}
                </span>
                {column.instanceCount > 0 && <span className="text-subtle-foreground">×{column.instanceCount}</span>}
                <span className="sr-only">{columnCount(column, t)}</span>
                {!column.isRead && <TriangleAlert aria-hidden size={10} className="text-status-attention" />}
              </span>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
