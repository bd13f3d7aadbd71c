import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import { gpuOptions, toGpuQuery, toHours } from "#components/data/gpu-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { GpuScreen } from "#components/gpu/gpu-screen.tsx";
import { getTranslate } from "#components/i18n/server.ts";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { resolveTimeRange, timeRangeParam } from "#components/url/time-range.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getGpu } from "#server/query/get-gpu.ts";

export async function generateMetadata() {
  const { t } = await getTranslate();
  return { title: t("gpu.title") };
}

export default async function GpuPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const viewer = await currentViewer(new Headers(await headers()));
  const search = await searchParams;
  const range = timeRangeParam.parse(namesIn(search, timeRangeParam.name));
  const hours = toHours(range, resolveTimeRange(range, Date.now()));
  const query = toGpuQuery(hours, namesIn(search, "cluster"), namesIn(search, "team"));
  const client = makeQueryClient();
  // A failure shows in the view, which asks again.
  await client.prefetchQuery({ ...gpuOptions(query), queryFn: () => getGpu(viewer, query), retry: false });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <GpuScreen />
    </HydrationBoundary>
  );
}
