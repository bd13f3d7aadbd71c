import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { headers } from "next/headers";
import { overviewOptions } from "#components/data/overview-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { getTranslate } from "#components/i18n/server.ts";
import { OverviewView } from "#components/overview/overview-view.tsx";
import { OverviewQuery } from "#server/contract/overview.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getOverview } from "#server/query/get-overview.ts";

type PageProps = { readonly searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata(): Promise<Metadata> {
  const { t } = await getTranslate();
  return { title: t("overview.title") };
}

export default async function OverviewPage({ searchParams }: PageProps) {
  const viewer = await currentViewer(new Headers(await headers()));
  const client = makeQueryClient();
  const query = OverviewQuery.safeParse(await searchParams);
  // A failure shows in the view, which asks again by itself.
  if (query.success) {
    await client.prefetchQuery({
      ...overviewOptions(query.data),
      queryFn: () => getOverview(viewer, query.data),
      retry: false,
    });
  }
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <OverviewView />
    </HydrationBoundary>
  );
}
