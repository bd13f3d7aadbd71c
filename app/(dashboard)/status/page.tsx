import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { headers } from "next/headers";
import { makeQueryClient } from "#components/data/query-client.ts";
import { statusOptions } from "#components/data/status-queries.ts";
import { getTranslate } from "#components/i18n/server.ts";
import { StatusView } from "#components/status/status-view.tsx";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getStatus } from "#server/query/get-status.ts";

export async function generateMetadata(): Promise<Metadata> {
  const { t } = await getTranslate();
  return { title: t("status.title") };
}

export default async function StatusPage() {
  const viewer = await currentViewer(new Headers(await headers()));
  const client = makeQueryClient();
  await client.prefetchQuery({ ...statusOptions(), queryFn: () => getStatus(viewer), retry: false });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <StatusView />
    </HydrationBoundary>
  );
}
