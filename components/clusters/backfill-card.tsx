"use client";
import { CircleCheck, CircleDashed, History, LoaderCircle, type LucideIcon } from "lucide-react";
import type { BackfillState } from "#server/contract/clusters.ts";
import type { ReadRecord } from "#server/contract/polls.ts";
import { useFormat, useMessages } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { ReadProgressBar } from "../ui/read-progress.tsx";
import type { Tone } from "../ui/tone.ts";

const LOOKS: Readonly<Record<BackfillState["state"], { readonly icon: LucideIcon; readonly tone: Tone }>> = {
  "not-planned": { icon: History, tone: "unknown" },
  running: { icon: LoaderCircle, tone: "accent" },
  done: { icon: CircleCheck, tone: "ready" },
  incomplete: { icon: CircleDashed, tone: "attention" },
};

export type BackfillCardProps = { readonly backfill: BackfillState; readonly running: ReadRecord | null };

/** History that is read once from Prometheus: how far it is and which chunks failed. */
export function BackfillCard({ backfill, running }: BackfillCardProps) {
  const t = useMessages();
  const format = useFormat();
  const { state, chunkCount, doneCount, failedCount, rowCount, lastFinishedAt, endsAt, failures } = backfill;
  const { icon, tone } = LOOKS[state];
  return (
    <Card aria-labelledby="backfill" className="flex flex-col gap-3">
      <CardHeader
        id="backfill"
        level={3}
        title={t("clusters.backfill")}
        note={t("clusters.kind.backfill-what")}
        actions={
          state === "not-planned" ? undefined : (
            <Badge icon={icon} tone={tone} look="plain">
              {t(`clusters.backfill.${state}`)}
            </Badge>
          )
        }
      />
      {state === "not-planned" ? (
        <p className="text-muted-foreground">{t("clusters.backfill.not-planned")}</p>
      ) : (
        <>
          <ProgressBar
            label={t("clusters.backfill")}
            value={doneCount}
            max={chunkCount}
            tone={tone}
            text={t("clusters.backfill-progress", {
              done: format.count(doneCount),
              all: chunkCount,
              rows: format.count(rowCount),
            })}
          />
          {endsAt !== null && (
            <p className="text-sm text-status-attention">
              {t("clusters.backfill-ends")}: <Age at={endsAt} />
            </p>
          )}
          {running !== null && <ReadProgressBar read={running} />}
          {lastFinishedAt !== null && (
            <p className="text-xs text-muted-foreground">
              {t("clusters.newest-good")}: <Age at={lastFinishedAt} />
            </p>
          )}
          {failedCount > 0 && (
            <details className="text-xs">
              <summary className="text-status-attention">
                {t("clusters.backfill-failed", { count: failedCount })}
              </summary>
              <ul className="mt-2 flex flex-col gap-1">
                {failures.map(({ id, reason, detail }) => (
                  <li key={id} className="break-all">
                    <code className="font-mono text-2xs">{id}</code>
                    {reason !== null && ` – ${reason}`}
                    {detail !== null && `: ${detail}`}
                  </li>
                ))}
              </ul>
            </details>
          )}
        </>
      )}
    </Card>
  );
}
