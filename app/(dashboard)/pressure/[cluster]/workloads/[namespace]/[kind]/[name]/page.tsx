import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import { workloadPressureOptions } from "#components/data/pressure-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { windowOf } from "#components/pressure/pressure-query.ts";
import { WorkloadScreen } from "#components/pressure/workload-screen.tsx";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getWorkloadPressure } from "#server/query/get-workload-pressure.ts";

type Props = {
  readonly params: Promise<{
    readonly cluster: string;
    readonly namespace: string;
    readonly kind: string;
    readonly name: string;
  }>;
  readonly searchParams: SearchParams;
};

export async function generateMetadata({ params }: Props) {
  return { title: decodeURIComponent((await params).name) };
}

export default async function WorkloadPressurePage({ params, searchParams }: Props) {
  const viewer = await currentViewer(new Headers(await headers()));
  const search = await searchParams;
  const path = await params;
  const cluster = decodeURIComponent(path.cluster);
  const namespace = decodeURIComponent(path.namespace);
  const kind = decodeURIComponent(path.kind);
  const name = decodeURIComponent(path.name);
  const window = windowOf((key) => namesIn(search, key));
  const client = makeQueryClient();
  await client.prefetchQuery({
    ...workloadPressureOptions(cluster, namespace, kind, name, window),
    queryFn: () => getWorkloadPressure(viewer, { id: cluster, namespace, kind, name }, { window }),
    retry: false,
  });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <WorkloadScreen cluster={cluster} namespace={namespace} kind={kind} name={name} />
    </HydrationBoundary>
  );
}
