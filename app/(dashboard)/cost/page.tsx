import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import {
  groupParam,
  labelParam,
  namespaceParam,
  periodParam,
  ruleParam,
  toCostQuery,
} from "#components/cost/cost-params.ts";
import { CostScreen } from "#components/cost/cost-screen.tsx";
import { costOptions } from "#components/data/cost-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { getTranslate } from "#components/i18n/server.ts";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getCost } from "#server/query/get-cost.ts";

export async function generateMetadata() {
  const { t } = await getTranslate();
  return { title: t("cost.title") };
}

export default async function CostPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const viewer = await currentViewer(new Headers(await headers()));
  const search = await searchParams;
  const query = toCostQuery({
    clusters: namesIn(search, "cluster"),
    teams: namesIn(search, "team"),
    period: periodParam.parse(namesIn(search, periodParam.name)),
    group: groupParam.parse(namesIn(search, groupParam.name)),
    rule: ruleParam.parse(namesIn(search, ruleParam.name)),
    namespace: namespaceParam.parse(namesIn(search, namespaceParam.name)),
    label: labelParam.parse(namesIn(search, labelParam.name)),
  });
  const client = makeQueryClient();
  // A failure shows in the view, which asks again.
  await client.prefetchQuery({ ...costOptions(query), queryFn: () => getCost(viewer, query), retry: false });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <CostScreen />
    </HydrationBoundary>
  );
}
