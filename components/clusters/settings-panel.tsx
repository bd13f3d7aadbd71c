"use client";
import type { ClusterDetail } from "#server/contract/clusters.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { SettingsList } from "../ui/settings-list.tsx";

/** How the cluster is configured, without a credential. */
export function SettingsPanel({ cluster }: { readonly cluster: ClusterDetail }) {
  const t = useMessages();
  return (
    <Card aria-labelledby="cluster-settings" className="flex flex-col gap-3">
      <CardHeader id="cluster-settings" title={t("clusters.tab.settings")} note={t("clusters.settings-note")} />
      <SettingsList
        settings={{ ...cluster.settings, ...(cluster.uid === null ? {} : { kubeSystemNamespaceUid: cluster.uid }) }}
      />
    </Card>
  );
}
