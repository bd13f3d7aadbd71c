"use client";
import { ArrowDownRight, ArrowRight, ArrowUpRight } from "lucide-react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { cn } from "./cn.ts";

export type DeltaProps = {
  /** The change, already formatted with sign and unit ("+4.2 pp", "−$120"). */
  readonly text: string;
  readonly direction: "up" | "down" | "none";
  /** Whether the change is welcome; `neutral` when that depends. */
  readonly meaning?: "good" | "bad" | "neutral";
  /** What it is compared with ("vs last week"). */
  readonly basis?: string;
};

export function Delta({ text, direction, meaning = "neutral", basis }: DeltaProps) {
  const t = useMessages();
  const Icon = direction === "up" ? ArrowUpRight : direction === "down" ? ArrowDownRight : ArrowRight;
  const colour =
    meaning === "good" ? "text-status-ready" : meaning === "bad" ? "text-status-blocked" : "text-muted-foreground";
  return (
    <span className="inline-flex items-center gap-1 text-xs whitespace-nowrap">
      <span className={cn("inline-flex items-center gap-0.5 font-medium", colour)}>
        <Icon aria-hidden size={12} strokeWidth={2.25} />
        <span className="sr-only">
          {direction === "up" ? t("ui.up") : direction === "down" ? t("ui.down") : t("ui.unchanged")}
        </span>
        {text}
      </span>
      {basis !== undefined && <span className="text-subtle-foreground">{basis}</span>}
    </span>
  );
}
