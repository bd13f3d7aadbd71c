import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import { gateListOptions, gateMatrixQuery } from "#components/data/gates-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { GatesScreen } from "#components/gates/gates-screen.tsx";
import { getTranslate } from "#components/i18n/server.ts";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { listGates } from "#server/query/list-gates.ts";

export async function generateMetadata() {
  const { t } = await getTranslate();
  return { title: t("gates.title") };
}

export default async function GatesPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const viewer = await currentViewer(new Headers(await headers()));
  const search = await searchParams;
  const query = gateMatrixQuery(namesIn(search, "cluster"), namesIn(search, "target")[0] ?? "");
  const client = makeQueryClient();
  // A failure shows in the view, which asks again.
  await client.prefetchQuery({ ...gateListOptions(query), queryFn: () => listGates(viewer, query), retry: false });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <GatesScreen />
    </HydrationBoundary>
  );
}
