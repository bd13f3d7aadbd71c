"use client";
import type { ReadRecord } from "#server/contract/polls.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Drawer } from "../ui/drawer.tsx";
import { ReadProgressBar } from "../ui/read-progress.tsx";
import { ReadStatusBadge } from "../ui/read-status.tsx";
import { SourceStatusBadge } from "../ui/source-status.tsx";

/** One read record: what each of its sources gave, in how long and how much. */
export function ReadDrawer({ read, onClose }: { readonly read: ReadRecord; readonly onClose: () => void }) {
  const { t, format } = useReader();
  const kind = t(`clusters.kind.${read.kind}`);
  return (
    <Drawer
      size="lg"
      onClose={onClose}
      title={t("clusters.read-of", { kind, time: format.dateTime(read.startedAt) })}
      description={read.id}
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <ReadStatusBadge status={read.status} />
          {read.durationSeconds !== null && <span>{format.duration(read.durationSeconds)}</span>}
          <span>{format.bytes(read.receivedBytes, "traffic")}</span>
        </div>
        {read.status === "running" && <ReadProgressBar read={read} />}
        {(read.reason !== null || read.detail !== null) && (
          <p className="text-status-blocked">
            {[read.reason, read.detail].filter((part) => part !== null).join(" – ")}
          </p>
        )}
        <ul className="flex flex-col">
          {read.sources.map((source) => (
            <li key={source.source} className="flex flex-col gap-0.5 border-t py-2">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <code className="min-w-0 grow font-mono text-xs break-all">{source.source}</code>
                <SourceStatusBadge status={source.status} />
              </div>
              <p className="text-xs text-muted-foreground">
                {[
                  `${t("clusters.objects")}: ${format.count(source.objectCount)}`,
                  format.bytes(source.receivedBytes, "traffic"),
                  format.duration(source.durationSeconds),
                  source.reason === null ? null : t(`reason.${source.reason}`),
                  source.detail,
                ]
                  .filter((part) => part !== null)
                  .join(" · ")}
              </p>
            </li>
          ))}
        </ul>
      </div>
    </Drawer>
  );
}
