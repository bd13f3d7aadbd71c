import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import { podPressureOptions } from "#components/data/pressure-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { PodScreen } from "#components/pressure/pod-screen.tsx";
import { windowOf } from "#components/pressure/pressure-query.ts";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getPodPressure } from "#server/query/get-pod-pressure.ts";

type Props = {
  readonly params: Promise<{ readonly cluster: string; readonly namespace: string; readonly pod: string }>;
  readonly searchParams: SearchParams;
};

export async function generateMetadata({ params }: Props) {
  return { title: decodeURIComponent((await params).pod) };
}

export default async function PodPressurePage({ params, searchParams }: Props) {
  const viewer = await currentViewer(new Headers(await headers()));
  const search = await searchParams;
  const path = await params;
  const cluster = decodeURIComponent(path.cluster);
  const namespace = decodeURIComponent(path.namespace);
  const pod = decodeURIComponent(path.pod);
  const window = windowOf((name) => namesIn(search, name));
  const client = makeQueryClient();
  await client.prefetchQuery({
    ...podPressureOptions(cluster, namespace, pod, window),
    queryFn: () => getPodPressure(viewer, { id: cluster, namespace, pod }, { window }),
    retry: false,
  });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <PodScreen cluster={cluster} namespace={namespace} pod={pod} />
    </HydrationBoundary>
  );
}
