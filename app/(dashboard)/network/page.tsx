import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import { networkOptions, toNetworkQuery, toNetworkWindow } from "#components/data/network-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { getTranslate } from "#components/i18n/server.ts";
import { NetworkScreen } from "#components/network/network-screen.tsx";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { monthRangeParam } from "#components/url/time-range.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getNetwork } from "#server/query/get-network.ts";

export async function generateMetadata() {
  const { t } = await getTranslate();
  return { title: t("network.title") };
}

export default async function NetworkPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const viewer = await currentViewer(new Headers(await headers()));
  const search = await searchParams;
  const window = toNetworkWindow(monthRangeParam.parse(namesIn(search, monthRangeParam.name)));
  const query = toNetworkQuery(namesIn(search, "cluster"), namesIn(search, "team"), window);
  const client = makeQueryClient();
  // A failure shows in the view, which asks again.
  await client.prefetchQuery({ ...networkOptions(query), queryFn: () => getNetwork(viewer, query), retry: false });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <NetworkScreen />
    </HydrationBoundary>
  );
}
