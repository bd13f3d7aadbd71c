"use client";
import { CircleCheck, CircleDashed } from "lucide-react";
import type { ClusterSummary } from "#server/contract/clusters.ts";
import { useFormat, useMessages } from "../i18n/reader-provider.tsx";
import { cn } from "../ui/cn.ts";

/** "41 of 43": what a source does not serve counts as answered, for it is a fact. Red when more failed than answered. */
export function SourceCountsMark({ counts }: { readonly counts: ClusterSummary["sources"] }) {
  const t = useMessages();
  const format = useFormat();
  const answered = counts.ok + counts.notServed;
  const asked = answered + counts.partial + counts.failed + counts.skipped;
  const isComplete = answered === asked;
  const Icon = isComplete ? CircleCheck : CircleDashed;
  if (asked === 0) return <span className="text-status-unknown">{t("reason.not-yet-read")}</span>;
  return (
    <span
      className={cn(
        "inline-flex items-center gap-1 whitespace-nowrap",
        isComplete ? "text-status-ready" : counts.failed > answered ? "text-status-blocked" : "text-status-attention",
      )}
    >
      <Icon aria-hidden size={13} className="shrink-0" />
      {t("clusters.of", { part: format.count(answered), whole: format.count(asked) })}
    </span>
  );
}
