"use client";
import { CircleCheck, CircleDashed, CircleSlash2, type LucideIcon, OctagonX, SkipForward } from "lucide-react";
import type { SourceState } from "#server/contract/clusters.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Badge } from "./badge.tsx";
import type { Tone } from "./tone.ts";

type Status = SourceState["status"];
const LOOKS: Readonly<Record<Status, { readonly icon: LucideIcon; readonly tone: Tone }>> = {
  ok: { icon: CircleCheck, tone: "ready" },
  partial: { icon: CircleDashed, tone: "attention" },
  failed: { icon: OctagonX, tone: "blocked" },
  "not-served": { icon: CircleSlash2, tone: "off" },
  skipped: { icon: SkipForward, tone: "unknown" },
};

/** What a source gave: answered, partly, failed, not served (a fact), not asked. */
export function SourceStatusBadge({ status }: { readonly status: Status }) {
  const t = useMessages();
  const { icon, tone } = LOOKS[status];
  return (
    <Badge icon={icon} tone={tone} look={status === "failed" ? "soft" : "plain"}>
      {t(`clusters.source-status.${status}`)}
    </Badge>
  );
}
