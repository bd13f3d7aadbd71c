import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import { networkServiceOptions, toNetworkWindow } from "#components/data/network-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { settingParam, spreadParam } from "#components/network/network-params.ts";
import { ServiceScreen } from "#components/network/service-screen.tsx";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { monthRangeParam } from "#components/url/time-range.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getNetworkService } from "#server/query/get-network-service.ts";

type Props = {
  readonly params: Promise<{ readonly cluster: string; readonly namespace: string; readonly name: string }>;
  readonly searchParams: SearchParams;
};

async function toPlace(params: Props["params"]) {
  const { cluster, namespace, name } = await params;
  return {
    cluster: decodeURIComponent(cluster),
    namespace: decodeURIComponent(namespace),
    name: decodeURIComponent(name),
  };
}

export async function generateMetadata({ params }: Props) {
  const { namespace, name } = await toPlace(params);
  return { title: `${namespace}/${name}` };
}

export default async function NetworkServicePage({ params, searchParams }: Props) {
  const viewer = await currentViewer(new Headers(await headers()));
  const place = await toPlace(params);
  const search = await searchParams;
  const query = {
    ...toNetworkWindow(monthRangeParam.parse(namesIn(search, monthRangeParam.name))),
    setting: settingParam.parse(namesIn(search, settingParam.name)),
    spread: spreadParam.parse(namesIn(search, spreadParam.name)),
  };
  const client = makeQueryClient();
  // A failure shows in the view, which asks again.
  await client.prefetchQuery({
    ...networkServiceOptions(place, query),
    queryFn: () => getNetworkService(viewer, place, query),
    retry: false,
  });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ServiceScreen place={place} />
    </HydrationBoundary>
  );
}
