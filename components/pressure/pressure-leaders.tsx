"use client";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import type { PressureQuery, PressureRanking } from "#server/contract/pressure.ts";
import { type OomKillRow, PressureSwapQuery } from "#server/contract/pressure-swap.ts";
import { usePressureSwap } from "../data/pressure-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { figureValue } from "../ui/figure.ts";
import { pressureHref } from "./pressure-links.ts";

const RESOURCES = ["cpu", "memory", "io"] as const;
const MAX_KILLS = 3;

/**
 * The worst of each resource, and what memory pressure ended in: the overall ranking is by time lost, where a container that stalled for
 * forty minutes and was killed stands far below one that swaps all day.
 */
export function PressureLeaders({
  ranking,
  query,
}: {
  readonly ranking: PressureRanking;
  readonly query: PressureQuery;
}) {
  const { t, format } = useReader();
  const search = useSearchParams();
  const leaders = RESOURCES.flatMap((resource) => {
    const row = ranking.items.find((item) => item.resource === resource && item.severity !== "calm");
    const share = row === undefined ? null : figureValue(row.shares[resource][query.kind]);
    return row === undefined || share === null ? [] : [{ resource, row, share }];
  });
  return (
    <div className="grid min-w-0 gap-x-8 gap-y-3 empty:hidden sm:grid-cols-2">
      {leaders.length > 0 && (
        <section aria-labelledby="pressure-leaders" className="flex min-w-0 flex-col gap-1">
          <h2 id="pressure-leaders" className="text-xs font-medium text-muted-foreground">
            {t("pressure.leaders")}
          </h2>
          <ol className="flex flex-col gap-1 text-sm">
            {leaders.map(({ resource, row, share }) => (
              <li key={resource} className="flex min-w-0 items-baseline gap-2">
                <span className="w-16 shrink-0 text-muted-foreground">{t(`pressure.resource.${resource}`)}</span>
                <Link href={pressureHref(row, search)} className="min-w-0 truncate font-medium hover:underline">
                  {[row.namespace, row.name].filter((part) => part !== "").join("/")}
                </Link>
                <span className="ml-auto shrink-0 tabular-nums">{format.percent(share)}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
      <Kills query={query} fromAt={ranking.range.from} />
    </div>
  );
}

function Kills({ query, fromAt }: { readonly query: PressureQuery; readonly fromAt: string }) {
  const { t, format } = useReader();
  const search = useSearchParams();
  const { cluster, team, window } = query;
  const asked = useMemo(() => PressureSwapQuery.parse({ cluster, team, window }), [cluster, team, window]);
  const { data } = usePressureSwap(asked);
  const killed = data === undefined ? [] : killedWorkloads(data.oomKills, fromAt);
  if (killed.length === 0) return null;
  return (
    <section aria-labelledby="pressure-kills" className="flex min-w-0 flex-col gap-1">
      <h2 id="pressure-kills" className="text-xs font-medium text-muted-foreground">
        {t("pressure.kills")}
      </h2>
      <ol className="flex flex-col gap-1 text-sm">
        {killed.slice(0, MAX_KILLS).map((kill) => (
          <li key={kill.key} className="flex min-w-0 items-baseline gap-2">
            <Link
              href={pressureHref({ ...kill.row, ...kill.place }, search)}
              className="min-w-0 truncate font-medium hover:underline"
            >
              {kill.row.namespace}/{kill.row.workloadName}
            </Link>
            <span className="ml-auto shrink-0 tabular-nums">
              {t("pressure.kills-at", { pods: kill.podCount, at: format.dateTime(kill.at, "minute") })}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Newest first, as the answer is; one line per workload. */
function killedWorkloads(kills: readonly OomKillRow[], fromAt: string) {
  const inside = kills.flatMap((row) =>
    row.killedAt !== null && row.killedAt >= fromAt ? [{ row, at: row.killedAt }] : [],
  );
  const groups = Map.groupBy(
    inside,
    ({ row }) => `${row.cluster}/${row.namespace}/${row.workloadKind}/${row.workloadName}`,
  );
  return [...groups].flatMap(([key, own]) => {
    const [newest] = own;
    if (newest === undefined) return [];
    const { row, at } = newest;
    const podCount = new Set(own.map((kill) => kill.row.pod)).size;
    return [{ key, row, at, podCount, place: { level: "workload", kind: row.workloadKind, name: row.workloadName } }];
  });
}
