import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import { ActionsScreen } from "#components/actions/actions-screen.tsx";
import { actionListOptions, actionQuery } from "#components/data/actions-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { getTranslate } from "#components/i18n/server.ts";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { listActions } from "#server/query/list-actions.ts";

export async function generateMetadata() {
  const { t } = await getTranslate();
  return { title: t("actions.title") };
}

export default async function ActionsPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const viewer = await currentViewer(new Headers(await headers()));
  const search = await searchParams;
  const query = actionQuery(namesIn(search, "cluster"), namesIn(search, "team"));
  const client = makeQueryClient();
  // A failure shows in the view, which asks again.
  await client.prefetchQuery({ ...actionListOptions(query), queryFn: () => listActions(viewer, query), retry: false });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ActionsScreen />
    </HydrationBoundary>
  );
}
