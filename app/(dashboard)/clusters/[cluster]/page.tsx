import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { ClusterView } from "#components/clusters/cluster-view.tsx";
import { clusterDetailOptions } from "#components/data/clusters-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getCluster } from "#server/query/get-cluster.ts";

type PageProps = { readonly params: Promise<{ readonly cluster: string }> };

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).cluster) };
}

export default async function ClusterPage({ params }: PageProps) {
  const name = decodeURIComponent((await params).cluster);
  const viewer = await currentViewer(new Headers(await headers()));
  const client = makeQueryClient();
  let isMissing = false;
  await client.prefetchQuery({
    ...clusterDetailOptions(name),
    queryFn: async () => {
      try {
        return await getCluster(viewer, name);
      } catch (error) {
        isMissing = error instanceof Error && "code" in error && error.code === "not-found";
        throw error;
      }
    },
    retry: false,
  });
  if (isMissing) notFound();
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ClusterView name={name} />
    </HydrationBoundary>
  );
}
