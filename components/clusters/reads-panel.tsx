"use client";
import { useMemo, useState } from "react";
import type { ClusterDetail, ReadState } from "#server/contract/clusters.ts";
import { type PollNowBody, PollQuery, type ReadRecord } from "#server/contract/polls.ts";
import { usePollList, usePollNow } from "../data/clusters-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useRefusal } from "../layout/use-refusal.ts";
import { Age } from "../ui/age.tsx";
import { Button } from "../ui/button.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { ReadProgressBar } from "../ui/read-progress.tsx";
import { FreshnessMark, ReadStatusBadge } from "../ui/read-status.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { BackfillCard } from "./backfill-card.tsx";
import { ReadDrawer } from "./read-drawer.tsx";
import { ReadsTable } from "./reads-table.tsx";

const READS_SHOWN = 40;
type PollKind = PollNowBody["kinds"][number];
const POLL_KINDS: readonly PollKind[] = ["inventory", "metrics", "gates"];

/** The question both the page and its prefetch ask. */
export function toPollQuery(cluster: string): PollQuery {
  return PollQuery.parse({ cluster, limit: READS_SHOWN });
}

/** The three kinds of reads with their progress, the history read, and what the newest reads gave. */
export function ReadsPanel({ cluster }: { readonly cluster: ClusterDetail }) {
  const { t } = useReader();
  const query = useMemo(() => toPollQuery(cluster.name), [cluster.name]);
  const polls = usePollList(query);
  const [openId, setOpenId] = useState<string | null>(null);
  const running = (kind: string) =>
    polls.data?.items.find((read) => read.kind === kind && read.status === "running") ?? null;
  const open = polls.data?.items.find(({ id }) => id === openId) ?? null;
  return (
    <div className="flex flex-col gap-5">
      <div className="grid gap-4 md:grid-cols-3">
        {cluster.reads.map((read) => (
          <ReadCard key={read.kind} cluster={cluster.name} read={read} running={running(read.kind)} />
        ))}
      </div>
      <BackfillCard backfill={cluster.backfill} running={running("backfill")} />
      <section className="flex flex-col gap-2">
        <SectionHeader title={t("clusters.recent-reads")} />
        <QueryView what={t("clusters.recent-reads")} query={polls}>
          {({ items }) => <ReadsTable cluster={cluster.name} reads={items} onOpen={(read) => setOpenId(read.id)} />}
        </QueryView>
      </section>
      {open !== null && <ReadDrawer read={open} onClose={() => setOpenId(null)} />}
    </div>
  );
}

type ReadCardProps = {
  readonly cluster: string;
  readonly read: ReadState;
  readonly running: ReadRecord | null;
};

function ReadCard({ cluster, read, running }: ReadCardProps) {
  const { t } = useReader();
  const pollNow = usePollNow(cluster);
  const refusal = useRefusal("read-now");
  const { kind, lastStatus, lastFinishedAt, freshness, reason, detail, failureCount } = read;
  const isRunning = running !== null || lastStatus === "running";
  const pollKind = POLL_KINDS.find((candidate) => candidate === kind);
  return (
    <Card aria-labelledby={`read-${kind}`} className="flex flex-col gap-3">
      <CardHeader
        id={`read-${kind}`}
        level={2}
        title={t(`clusters.kind.${kind}`)}
        note={t(`clusters.kind.${kind}-what`)}
        actions={
          pollKind === undefined ? undefined : (
            <Button
              size="sm"
              isBusy={pollNow.isPending || isRunning}
              refusal={refusal}
              aria-label={t("clusters.read-kind-now", { kind: t(`clusters.kind.${kind}`) })}
              onClick={() => pollNow.mutate({ kinds: [pollKind] })}
            >
              {t("clusters.read-now")}
            </Button>
          )
        }
      />
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        <dt className="text-muted-foreground">{t("clusters.newest-good")}</dt>
        <dd>
          <FreshnessMark freshness={freshness} />
        </dd>
        <dt className="text-muted-foreground">{t("clusters.last-attempt")}</dt>
        <dd className="flex flex-wrap items-center gap-x-2">
          <ReadStatusBadge status={isRunning ? "running" : lastStatus} />
          {!isRunning && lastFinishedAt !== null && <Age at={lastFinishedAt} show="age" />}
        </dd>
      </dl>
      {running !== null && <ReadProgressBar read={running} />}
      {!isRunning && failureCount > 0 && (
        <p className="text-xs text-status-blocked">
          {t("clusters.failures", { count: failureCount })}
          {reason !== null && `: ${reason}`}
          {detail !== null && ` – ${detail}`}
        </p>
      )}
      {pollNow.error !== null && <ErrorNote error={pollNow.error} />}
    </Card>
  );
}
