"use client";
import { useMemo } from "react";
import type { NodePoolZone } from "#server/contract/clusters.ts";
import { useFormat, useMessages } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { cn } from "../ui/cn.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { type MatrixCell, prepareNodeMatrix } from "./prepare-node-matrix.ts";

/** Ready nodes of all by pool and zone, with totals on both sides. `isRead`: no rows means no nodes, not that nobody looked. */
export function NodeMatrix({ nodes, isRead }: { readonly nodes: readonly NodePoolZone[]; readonly isRead: boolean }) {
  const t = useMessages();
  const matrix = useMemo(() => prepareNodeMatrix(nodes), [nodes]);
  const zoneName = (zone: string | null) => zone ?? t("clusters.no-zone");
  const poolName = (pool: string | null) => pool ?? t("clusters.no-pool");
  return (
    <Card aria-labelledby="node-matrix" className="flex flex-col gap-3">
      <CardHeader id="node-matrix" title={t("clusters.matrix")} note={t("clusters.matrix-note")} />
      {nodes.length === 0 ? (
        <EmptyNote>{t(isRead ? "clusters.zero-nodes" : "clusters.no-nodes")}</EmptyNote>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard
        <section role="group" aria-label={t("clusters.matrix")} tabIndex={0} className="relative overflow-x-auto">
          <table className="w-full min-w-max border-separate border-spacing-1">
            <caption className="sr-only">{t("clusters.matrix")}</caption>
            <thead>
              <tr className="text-xs text-muted-foreground">
                <th scope="col" className="px-2 py-1 text-left font-medium">
                  {t("clusters.pool")}
                </th>
                {matrix.zones.map((zone) => (
                  <th key={zone ?? ""} scope="col" className="px-2 py-1 text-center font-medium">
                    {zoneName(zone)}
                  </th>
                ))}
                <th scope="col" className="px-2 py-1 text-center font-medium">
                  {t("clusters.total")}
                </th>
              </tr>
            </thead>
            <tbody>
              {matrix.rows.map(({ pool, cells, total }) => (
                <tr key={pool ?? ""}>
                  <th
                    scope="row"
                    className={cn("px-2 text-left font-medium", pool === null && "text-muted-foreground italic")}
                  >
                    {poolName(pool)}
                  </th>
                  {cells.map((cell, index) => (
                    <Cell key={matrix.zones[index] ?? ""} cell={cell} />
                  ))}
                  <Cell cell={total} isTotal />
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row" className="px-2 text-left text-xs font-medium text-muted-foreground">
                  {t("clusters.total")}
                </th>
                {matrix.totals.map((cell, index) => (
                  <Cell key={matrix.zones[index] ?? ""} cell={cell} isTotal />
                ))}
                <Cell cell={matrix.total} isTotal />
              </tr>
            </tfoot>
          </table>
        </section>
      )}
    </Card>
  );
}

function Cell({ cell, isTotal = false }: { readonly cell: MatrixCell | null; readonly isTotal?: boolean }) {
  const t = useMessages();
  const format = useFormat();
  if (cell === null) {
    return (
      <td className="rounded-md bg-sunken text-center text-subtle-foreground">
        <span aria-hidden>·</span>
        <span className="sr-only">{t("clusters.none-here")}</span>
      </td>
    );
  }
  const { nodeCount, readyCount, cordonedCount, readinessUnknownCount } = cell;
  const isAllReady = readyCount === nodeCount;
  const notes = [
    cordonedCount > 0 ? t("clusters.cordoned", { count: cordonedCount }) : null,
    readinessUnknownCount > 0 ? t("clusters.readiness-unknown", { count: readinessUnknownCount }) : null,
  ].filter((note) => note !== null);
  return (
    <td
      title={t("clusters.ready-of", { ready: readyCount, all: nodeCount })}
      className={cn(
        "min-w-24 rounded-md px-2 py-1.5 text-center",
        isTotal ? "font-semibold" : "border",
        !isTotal &&
          (isAllReady ? "tone-line tone-wash text-status-ready" : "tone-line tone-wash text-status-attention"),
      )}
    >
      <span className={cn(!isTotal && "text-foreground")}>
        {isAllReady
          ? format.count(nodeCount)
          : t("clusters.of", { part: format.count(readyCount), whole: format.count(nodeCount) })}
      </span>
      {notes.length > 0 && <span className="block text-2xs text-status-attention">{notes.join(", ")}</span>}
    </td>
  );
}
