import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import { nodePressureOptions } from "#components/data/pressure-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { NodeScreen } from "#components/pressure/node-screen.tsx";
import { windowOf } from "#components/pressure/pressure-query.ts";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getNodePressure } from "#server/query/get-node-pressure.ts";

type Props = {
  readonly params: Promise<{ readonly cluster: string; readonly node: string }>;
  readonly searchParams: SearchParams;
};

export async function generateMetadata({ params }: Props) {
  return { title: decodeURIComponent((await params).node) };
}

export default async function NodePressurePage({ params, searchParams }: Props) {
  const viewer = await currentViewer(new Headers(await headers()));
  const search = await searchParams;
  const path = await params;
  const cluster = decodeURIComponent(path.cluster);
  const node = decodeURIComponent(path.node);
  const window = windowOf((name) => namesIn(search, name));
  const client = makeQueryClient();
  await client.prefetchQuery({
    ...nodePressureOptions(cluster, node, window),
    queryFn: () => getNodePressure(viewer, { id: cluster, node }, { window }),
    retry: false,
  });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <NodeScreen cluster={cluster} node={node} />
    </HydrationBoundary>
  );
}
