import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import { pressureHeatmapOptions, pressureRankingOptions } from "#components/data/pressure-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { getTranslate } from "#components/i18n/server.ts";
import { heatmapQuery, rankingQuery, tabParam } from "#components/pressure/pressure-query.ts";
import { PressureScreen } from "#components/pressure/pressure-screen.tsx";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getPressureHeatmap } from "#server/query/get-pressure-heatmap.ts";
import { listPressure } from "#server/query/list-pressure.ts";

export async function generateMetadata() {
  const { t } = await getTranslate();
  return { title: t("pressure.title") };
}

export default async function PressurePage({ searchParams }: { readonly searchParams: SearchParams }) {
  const viewer = await currentViewer(new Headers(await headers()));
  const search = await searchParams;
  const query = rankingQuery((name) => namesIn(search, name));
  const heat = heatmapQuery(query);
  const client = makeQueryClient();
  // A failure shows in the view, which asks again; the other tabs ask for themselves.
  if (tabParam.parse(namesIn(search, tabParam.name)) === "stalls") {
    await Promise.all([
      client.prefetchQuery({
        ...pressureRankingOptions(query),
        queryFn: () => listPressure(viewer, query),
        retry: false,
      }),
      client.prefetchQuery({
        ...pressureHeatmapOptions(heat),
        queryFn: () => getPressureHeatmap(viewer, heat),
        retry: false,
      }),
    ]);
  }
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <PressureScreen />
    </HydrationBoundary>
  );
}
