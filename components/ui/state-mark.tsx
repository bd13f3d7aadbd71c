"use client";
import { CircleQuestionMark, EyeOff, Minus } from "lucide-react";
import type { Unit } from "../format/unit.ts";
import { useFormat, useMessages } from "../i18n/reader-provider.tsx";
import { cn } from "./cn.ts";
import { type Figure, isPartial } from "./figure.ts";
import { PartMark } from "./part-mark.tsx";

export type StateMarkProps = {
  readonly figure: Figure;
  /** Base unit; by default the one that the figure carries, else a plain number. */
  readonly unit?: Unit;
  /** `compact` (cells) keeps the short word and puts the reason in the title; `full` writes both. */
  readonly size?: "compact" | "full";
};

/** One number or the reason why there is none. Value, zero, below, unknown, not applicable, not exposed: six marks. */
export function StateMark({ figure, unit: givenUnit, size = "compact" }: StateMarkProps) {
  const t = useMessages();
  const format = useFormat();
  const unit = givenUnit ?? figure.unit ?? "number";
  switch (figure.state) {
    case "value":
      return figure.value === 0 ? (
        <span className="text-muted-foreground" title={t("state.zero")}>
          {format.quantity(0, unit)}
        </span>
      ) : (
        <span className="inline-flex items-center gap-1 whitespace-nowrap">
          {isPartial(figure) && <PartMark part={figure.part} />}
          {format.quantity(figure.value, unit)}
        </span>
      );
    case "below":
      return (
        <span className="whitespace-nowrap text-muted-foreground" title={t("state.below-why")}>
          {t("state.below", { limit: format.quantity(figure.value, unit) })}
        </span>
      );
    case "unknown": {
      const reason = t(`reason.${figure.reason}`);
      return (
        <span
          title={figure.detail ?? `${t("state.unknown")}: ${reason}`}
          className={cn(
            "inline-flex items-center gap-1 whitespace-nowrap text-status-unknown",
            "underline decoration-dotted decoration-1 underline-offset-3",
          )}
        >
          <CircleQuestionMark aria-hidden size={12} className="shrink-0" />
          {size === "full" ? (
            `${t("state.unknown")} – ${reason}`
          ) : (
            <>
              {t("state.unknown")}
              <span className="sr-only">: {reason}</span>
            </>
          )}
        </span>
      );
    }
    case "not-applicable":
      return (
        <span
          title={figure.detail ?? t("state.not-applicable-why")}
          className="inline-flex items-center gap-1 whitespace-nowrap text-status-not-applicable"
        >
          <Minus aria-hidden size={12} className="shrink-0" />
          {size === "full" ? t("state.not-applicable") : <span className="sr-only">{t("state.not-applicable")}</span>}
          {size === "compact" && <span aria-hidden>n/a</span>}
        </span>
      );
    case "not-exposed":
      return (
        <span
          title={figure.detail ?? t("state.not-exposed-why")}
          className="inline-flex items-center gap-1 whitespace-nowrap text-status-not-exposed"
        >
          <EyeOff aria-hidden size={12} className="shrink-0" />
          {t("state.not-exposed")}
        </span>
      );
  }
}
