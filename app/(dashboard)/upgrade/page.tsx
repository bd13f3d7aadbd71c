import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import { makeQueryClient } from "#components/data/query-client.ts";
import { upgradeOptions, upgradePageQuery } from "#components/data/upgrade-queries.ts";
import { getTranslate } from "#components/i18n/server.ts";
import { UpgradeScreen } from "#components/upgrade/upgrade-screen.tsx";
import { namesIn, type SearchParams } from "#components/url/names-in.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { getUpgrade } from "#server/query/get-upgrade.ts";

export async function generateMetadata() {
  const { t } = await getTranslate();
  return { title: t("upgrade.title") };
}

export default async function UpgradePage({ searchParams }: { readonly searchParams: SearchParams }) {
  const viewer = await currentViewer(new Headers(await headers()));
  const search = await searchParams;
  const query = upgradePageQuery(namesIn(search, "cluster"), namesIn(search, "target")[0] ?? "");
  const client = makeQueryClient();
  // A failure shows in the view, which asks again.
  await client.prefetchQuery({ ...upgradeOptions(query), queryFn: () => getUpgrade(viewer, query), retry: false });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <UpgradeScreen />
    </HydrationBoundary>
  );
}
