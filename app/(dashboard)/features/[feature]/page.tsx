import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import { featureDetailOptions, featureDetailQuery } from "#components/data/features-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { FeatureScreen } from "#components/features/feature-screen.tsx";
import { getTranslate } from "#components/i18n/server.ts";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getFeature } from "#server/query/get-feature.ts";

type FeaturePageProps = {
  readonly params: Promise<{ readonly feature: string }>;
  readonly searchParams: SearchParams;
};

export async function generateMetadata({ params }: Pick<FeaturePageProps, "params">) {
  const { t } = await getTranslate();
  return { title: `${decodeURIComponent((await params).feature)} · ${t("features.title")}` };
}

export default async function FeaturePage({ params, searchParams }: FeaturePageProps) {
  const viewer = await currentViewer(new Headers(await headers()));
  const feature = decodeURIComponent((await params).feature);
  const search = await searchParams;
  const query = featureDetailQuery(namesIn(search, "cluster"), namesIn(search, "team"));
  const client = makeQueryClient();
  // A failure shows in the view, which asks again.
  await client.prefetchQuery({
    ...featureDetailOptions(feature, query),
    queryFn: () => getFeature(viewer, feature, query),
    retry: false,
  });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <FeatureScreen feature={feature} />
    </HydrationBoundary>
  );
}
