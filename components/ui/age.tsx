"use client";
import type { Moment } from "../format/date.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { cn } from "./cn.ts";

export type AgeProps = {
  readonly at: Moment;
  /** `both` writes age and exact time; `age` puts the exact time in the title. */
  readonly show?: "age" | "both";
  /** Older than this reads as stale. */
  readonly staleAfterSeconds?: number;
};

/** A moment: "4 min ago" and the exact time in the reader's zone. */
export function Age({ at, show = "both", staleAfterSeconds }: AgeProps) {
  const { format, now } = useReader();
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return <span>–</span>;
  const isStale = staleAfterSeconds !== undefined && now - moment.getTime() > staleAfterSeconds * 1000;
  const exact = format.dateTime(at);
  return (
    <time dateTime={moment.toISOString()} title={exact} className={cn(isStale && "text-status-attention")}>
      {format.age(at, now)}
      {show === "both" && <span className="text-subtle-foreground"> · {exact}</span>}
    </time>
  );
}
