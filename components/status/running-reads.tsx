"use client";
import type { ReadRecord } from "#server/contract/polls.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { ReadProgressBar } from "../ui/read-progress.tsx";
import { TextLink } from "../ui/text-link.tsx";

/** What is being read at this moment, with its progress. */
export function RunningReads({ reads }: { readonly reads: readonly ReadRecord[] }) {
  const t = useMessages();
  return (
    <Card aria-labelledby="running" className="flex flex-col gap-3">
      <CardHeader id="running" title={t("status.running")} />
      {reads.length === 0 ? (
        <p className="text-muted-foreground">{t("status.none-running")}</p>
      ) : (
        <ul className="grid gap-x-8 gap-y-3 md:grid-cols-2">
          {reads.map((read) => (
            <li key={read.id} className="flex flex-col gap-1">
              <span className="flex flex-wrap items-baseline gap-x-3">
                <TextLink href={`/clusters/${encodeURIComponent(read.cluster)}?tab=reads`}>{read.cluster}</TextLink>
                <span>{t(`clusters.kind.${read.kind}`)}</span>
                <span className="text-xs text-muted-foreground">
                  <Age at={read.startedAt} show="age" />
                </span>
              </span>
              <ReadProgressBar read={read} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
