import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import { featureListOptions, featureMatrixQuery } from "#components/data/features-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { FeaturesScreen } from "#components/features/features-screen.tsx";
import { getTranslate } from "#components/i18n/server.ts";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { listFeatures } from "#server/query/list-features.ts";

export async function generateMetadata() {
  const { t } = await getTranslate();
  return { title: t("features.title") };
}

export default async function FeaturesPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const viewer = await currentViewer(new Headers(await headers()));
  const search = await searchParams;
  const query = featureMatrixQuery("named", namesIn(search, "cluster"), namesIn(search, "team"));
  const client = makeQueryClient();
  // A failure shows in the view, which asks again.
  await client.prefetchQuery({
    ...featureListOptions(query),
    queryFn: () => listFeatures(viewer, query),
    retry: false,
  });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <FeaturesScreen />
    </HydrationBoundary>
  );
}
