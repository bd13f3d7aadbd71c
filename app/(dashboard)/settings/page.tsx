import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { headers } from "next/headers";
import { priceListOptions } from "#components/data/prices-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { settingsOptions } from "#components/data/settings-queries.ts";
import { getTranslate } from "#components/i18n/server.ts";
import { toPriceQuery } from "#components/settings/price-filter.ts";
import { SettingsView } from "#components/settings/settings-view.tsx";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getSettings } from "#server/query/get-settings.ts";
import { listPrices } from "#server/query/list-prices.ts";

export async function generateMetadata(): Promise<Metadata> {
  const { t } = await getTranslate();
  return { title: t("settings.title") };
}

/** The unfiltered price book comes with the page; a filtered one is asked for by the browser. */
export default async function SettingsPage() {
  const viewer = await currentViewer(new Headers(await headers()));
  const client = makeQueryClient();
  const query = toPriceQuery({ kind: "all", search: "", hasHistory: false });
  await Promise.all([
    client.prefetchQuery({ ...settingsOptions(), queryFn: () => getSettings(viewer), retry: false }),
    client.prefetchQuery({ ...priceListOptions(query), queryFn: () => listPrices(viewer, query), retry: false }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <SettingsView />
    </HydrationBoundary>
  );
}
