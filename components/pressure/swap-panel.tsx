"use client";
import { useMemo } from "react";
import { type PressureSwap, PressureSwapQuery } from "#server/contract/pressure-swap.ts";
import { usePressureSwap } from "../data/pressure-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useClusterFilter, useTeamFilter } from "../layout/use-scope.ts";
import { Card } from "../ui/card.tsx";
import { CoverageNote } from "../ui/coverage-note.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { usePressureWindow } from "./pressure-params.ts";
import { SourceNotes } from "./source-notes.tsx";
import { OomTable, SwapContainerTable, SwapNodeTable } from "./swap-tables.tsx";
import { WindowControl } from "./window-control.tsx";

/** Who swaps, on which policy, how near to the limit – and which kills swap might have absorbed. */
export function SwapPanel() {
  const { t } = useReader();
  const [clusters] = useClusterFilter();
  const [teams] = useTeamFilter();
  const [window] = usePressureWindow();
  const query = useMemo(
    () =>
      PressureSwapQuery.parse({
        ...(clusters.length === 0 ? {} : { cluster: clusters }),
        ...(teams.length === 0 ? {} : { team: teams }),
        window,
      }),
    [clusters, teams, window],
  );
  const swap = usePressureSwap(query);
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <div className="flex justify-end">
        <WindowControl />
      </div>
      <QueryView what={t("pressure.tab.swap")} query={swap}>
        {(data) => <Body data={data} />}
      </QueryView>
    </div>
  );
}

function Body({ data }: { readonly data: PressureSwap }) {
  const { t, format } = useReader();
  const near = data.containers.filter(({ isNearLimit }) => isNearLimit).length;
  const off = data.nodes.filter(({ breach }) => breach !== null).length;
  const stalling = data.nodes.filter(({ stallsWithSwap }) => stallsWithSwap).length;
  const might = data.oomKills.filter(({ verdict }) => verdict === "might").length;
  return (
    <>
      <Card className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-prose text-lg font-medium text-balance" data-testid="swap-headline">
          {t("pressure.swap.headline", {
            nodes: data.nodes.length,
            stalling,
            near,
            off,
            might,
          })}
        </p>
        <CoverageNote coverage={data.coverage} />
      </Card>
      <SourceNotes sources={data.sources} />
      <section className="flex min-w-0 flex-col gap-3">
        <SectionHeader id="swap-nodes" title={t("pressure.swap.nodes")} summary={t("pressure.swap.nodes-note")} />
        <SwapNodeTable rows={data.nodes} />
      </section>
      <section className="flex min-w-0 flex-col gap-3">
        <SectionHeader
          id="swap-containers"
          title={t("pressure.swap.containers")}
          summary={t("pressure.swap.containers-note", { near: format.percent(data.nearRatio) })}
        />
        <SwapContainerTable rows={data.containers} total={data.containerCount} />
      </section>
      <section className="flex min-w-0 flex-col gap-3">
        <SectionHeader
          id="swap-kills"
          title={t("pressure.swap.kills")}
          summary={t("pressure.swap.kills-note", {
            share: format.percent(data.assumedSwapShare),
            span: format.duration(data.growthSeconds),
          })}
        />
        <OomTable rows={data.oomKills} />
      </section>
    </>
  );
}
