"use client";
import { RefreshCw } from "lucide-react";
import type { ClusterDetail } from "#server/contract/clusters.ts";
import { useClusterDetail, usePollNow } from "../data/clusters-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useRefusal } from "../layout/use-refusal.ts";
import { Badge } from "../ui/badge.tsx";
import { Breadcrumb } from "../ui/breadcrumb.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { figureValue } from "../ui/figure.ts";
import { toProvenance } from "../ui/provenance.ts";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Stat } from "../ui/stat.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { choiceParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { NodeMatrix } from "./node-matrix.tsx";
import { NodesReady } from "./nodes-ready.tsx";
import { PoolTable } from "./pool-table.tsx";
import { ReadsPanel } from "./reads-panel.tsx";
import { SettingsPanel } from "./settings-panel.tsx";
import { SourceCountsMark } from "./source-counts.tsx";
import { SourcesPanel } from "./sources-panel.tsx";
import { TeamPodsTable } from "./team-pods-table.tsx";

const TABS = ["summary", "reads", "sources", "settings"] as const;
const tabParam = choiceParam("tab", TABS, "summary");

/** One cluster: what runs there, what was read of it, what could not be read and how to change that. */
export function ClusterView({ name }: { readonly name: string }) {
  const { t } = useReader();
  const detail = useClusterDetail(name);
  return (
    <div className="flex flex-col gap-5">
      <Breadcrumb crumbs={[{ label: t("clusters.title"), href: "/clusters" }, { label: name }]} />
      <ClusterHeader name={name} cluster={detail.data} />
      <QueryView what={name} query={detail}>
        {(cluster) => <ClusterBody cluster={cluster} />}
      </QueryView>
    </div>
  );
}

function ClusterHeader({ name, cluster }: { readonly name: string; readonly cluster: ClusterDetail | undefined }) {
  const { t, format } = useReader();
  const pollNow = usePollNow(name);
  const refusal = useRefusal("read-now");
  const [, setTab] = useUrlState(tabParam);
  const isReading = cluster?.reads.some(({ lastStatus }) => lastStatus === "running") ?? false;
  return (
    <>
      <SectionHeader
        level={1}
        title={
          <span className="flex flex-wrap items-center gap-2">
            <span className="break-all">{name}</span>
            {cluster?.gitVersion != null && <Badge look="outline">{cluster.gitVersion}</Badge>}
            {cluster?.provider != null && <Badge look="outline">{cluster.provider}</Badge>}
          </span>
        }
        summary={
          cluster === undefined
            ? undefined
            : t("clusters.known-since", { time: format.dateTime(cluster.createdAt, "minute") })
        }
        actions={
          <Button
            variant="primary"
            isBusy={pollNow.isPending || isReading}
            refusal={refusal}
            onClick={() => {
              setTab("reads", "replace");
              pollNow.mutate({ kinds: ["inventory", "metrics", "gates"] });
            }}
          >
            {!pollNow.isPending && !isReading && <RefreshCw aria-hidden size={14} />}
            {pollNow.isPending || isReading ? t("clusters.reading") : t("clusters.read-now")}
          </Button>
        }
      />
      {pollNow.error !== null && <ErrorNote error={pollNow.error} />}
      <span role="status" className="sr-only">
        {pollNow.isSuccess && t("clusters.read-asked")}
      </span>
    </>
  );
}

function ClusterBody({ cluster }: { readonly cluster: ClusterDetail }) {
  const { t, format } = useReader();
  const [tab, setTab] = useUrlState(tabParam);
  const { sources, kubeletVersions } = cluster;
  const podsWhy = toProvenance(cluster.podCount, { label: t("clusters.pods") });
  const costWhy = toProvenance(cluster.costPerHour, { label: t("clusters.cost"), what: t("clusters.nodes") });
  return (
    <>
      <Card className="grid grid-cols-2 gap-4 md:grid-cols-3 xl:grid-cols-5">
        <Fact label={t("clusters.nodes-ready")}>
          <NodesReady nodes={cluster.nodeCount} ready={cluster.readyNodeCount} />
        </Fact>
        <Stat
          label={t("clusters.pods")}
          figure={cluster.podCount}
          {...(podsWhy === undefined ? {} : { provenance: podsWhy })}
        />
        <Stat
          label={t("clusters.cost")}
          figure={cluster.costPerHour}
          note={t("clusters.list-price")}
          {...(costWhy === undefined ? {} : { provenance: costWhy })}
        />
        <Fact label={t("clusters.sources")}>
          <SourceCountsMark counts={sources} />
        </Fact>
        <div className="flex min-w-0 flex-col gap-1">
          <div className="label-caps">{t("clusters.versions")}</div>
          <ul className="flex flex-wrap gap-x-3 gap-y-1">
            {kubeletVersions.map(({ version, nodeCount }) => (
              <li key={version} className="whitespace-nowrap">
                <span className="font-medium">{version}</span>{" "}
                <span className="text-xs text-muted-foreground">× {format.count(nodeCount)}</span>
              </li>
            ))}
          </ul>
        </div>
      </Card>
      <Tabs
        label={t("clusters.tabs")}
        current={tab}
        onChange={(id) => setTab(id)}
        tabs={[
          { id: "summary", label: t("clusters.tab.summary") },
          { id: "reads", label: t("clusters.tab.reads") },
          {
            id: "sources",
            label: t("clusters.tab.sources"),
            count: sources.failed + sources.partial + sources.skipped,
          },
          { id: "settings", label: t("clusters.tab.settings") },
        ]}
      >
        {tab === "summary" && (
          <div className="flex flex-col gap-5">
            <NodeMatrix nodes={cluster.nodes} isRead={figureValue(cluster.nodeCount) !== null} />
            <PoolTable cluster={cluster.name} nodes={cluster.nodes} currency={cluster.currency} />
            <TeamPodsTable cluster={cluster.name} pods={cluster.pods} isRead={figureValue(cluster.podCount) !== null} />
          </div>
        )}
        {tab === "reads" && <ReadsPanel cluster={cluster} />}
        {tab === "sources" && <SourcesPanel cluster={cluster} />}
        {tab === "settings" && <SettingsPanel cluster={cluster} />}
      </Tabs>
    </>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="label-caps">{label}</div>
      <div className="flex min-h-8 items-center text-2xl font-semibold tracking-tight">{children}</div>
    </div>
  );
}
