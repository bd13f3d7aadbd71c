import type { Metadata } from "next";
import { ClustersView } from "#components/clusters/clusters-view.tsx";
import { getTranslate } from "#components/i18n/server.ts";

export async function generateMetadata(): Promise<Metadata> {
  const { t } = await getTranslate();
  return { title: t("clusters.title") };
}

/** The layout has already fetched the list for the pickers. */
export default function ClustersPage() {
  return <ClustersView />;
}
