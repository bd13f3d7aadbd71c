import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { type Tone, toneText } from "./tone.ts";

export type BadgeProps = {
  readonly tone?: Tone;
  readonly icon?: LucideIcon;
  /** `soft` carries a wash, `outline` only a line, `dashed` means "not seen", `plain` has no box. */
  readonly look?: "soft" | "outline" | "dashed" | "plain";
  readonly title?: string;
  readonly children: ReactNode;
};

const LOOKS = {
  soft: "border tone-line tone-wash px-1.5",
  outline: "border tone-line px-1.5",
  dashed: "border border-dashed border-border-control px-1.5",
  plain: "",
} as const;

/** Icon + word + colour. The word is required: colour alone never tells a status. */
export function Badge({ tone = "neutral", icon: Icon, look = "soft", title, children }: BadgeProps) {
  return (
    <span
      title={title}
      className={cn(
        "inline-flex h-5 max-w-full items-center gap-1 whitespace-nowrap rounded-sm text-xs font-medium",
        LOOKS[look],
        toneText[tone],
      )}
    >
      {Icon !== undefined && <Icon aria-hidden size={12} strokeWidth={2.25} className="shrink-0" />}
      <span className="truncate">{children}</span>
    </span>
  );
}
