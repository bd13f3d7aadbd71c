"use client";
import {
  CircleCheck,
  CircleDashed,
  CircleQuestionMark,
  CircleSlash2,
  LoaderCircle,
  type LucideIcon,
  OctagonX,
} from "lucide-react";
import type { ReadState } from "#server/contract/clusters.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Age } from "./age.tsx";
import { Badge } from "./badge.tsx";
import type { Tone } from "./tone.ts";

type Status = NonNullable<ReadState["lastStatus"]> | "never";
const LOOKS: Readonly<Record<Status, { readonly icon: LucideIcon; readonly tone: Tone }>> = {
  running: { icon: LoaderCircle, tone: "accent" },
  succeeded: { icon: CircleCheck, tone: "ready" },
  partial: { icon: CircleDashed, tone: "attention" },
  failed: { icon: OctagonX, tone: "blocked" },
  abandoned: { icon: CircleSlash2, tone: "attention" },
  never: { icon: CircleQuestionMark, tone: "unknown" },
};

export function ReadStatusBadge({ status }: { readonly status: Status | null }) {
  const t = useMessages();
  const known = status ?? "never";
  const { icon, tone } = LOOKS[known];
  return (
    <Badge icon={icon} tone={tone} look="plain">
      {t(`clusters.status.${known}`)}
    </Badge>
  );
}

/** Age of the newest good reading of each kind, one line each; stale and never say so in words. */
export function FreshnessList({ reads }: { readonly reads: readonly ReadState[] }) {
  const t = useMessages();
  return (
    <ul className="flex flex-col gap-0.5 py-1 text-xs">
      {reads.map(({ kind, freshness }) => (
        <li key={kind} className="flex items-baseline gap-2 whitespace-nowrap">
          <span className="w-14 shrink-0 text-muted-foreground">{t(`clusters.kind.${kind}`)}</span>
          <FreshnessMark freshness={freshness} />
        </li>
      ))}
    </ul>
  );
}

export function FreshnessMark({ freshness }: { readonly freshness: ReadState["freshness"] }) {
  const t = useMessages();
  if (freshness.takenAt === null) return <span className="text-status-unknown">{t("clusters.never-read")}</span>;
  return (
    <span>
      <Age at={freshness.takenAt} show="age" staleAfterSeconds={freshness.staleAfterSeconds} />
      {freshness.state === "stale" && <span className="text-status-attention"> ({t("clusters.stale")})</span>}
    </span>
  );
}
