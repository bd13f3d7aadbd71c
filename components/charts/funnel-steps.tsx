"use client";
import { Check, CircleQuestionMark, EyeOff, type LucideIcon, Minus, Percent, X } from "lucide-react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { cn } from "../ui/cn.ts";
import type { Provenance } from "../ui/provenance.ts";
import { type Tone, toneText } from "../ui/tone.ts";
import { Why } from "../ui/why.tsx";

export const FUNNEL_STAGES = ["available", "enabled", "ready", "adopted", "effective"] as const;
export type FunnelStageName = (typeof FUNNEL_STAGES)[number];
export type FunnelState = "met" | "partly" | "not-met" | "not-reached" | "unknown" | "not-exposed" | "not-applicable";
export type FunnelStep = {
  readonly stage: FunnelStageName;
  readonly state: FunnelState;
  /** "9 of 12 nodes"; `null` where the stage is not counted. */
  readonly met: number | null;
  readonly of: number | null;
  /** Not read but concluded from a later stage or a locked version. */
  readonly isInferred: boolean;
  readonly provenance?: Provenance;
};
export type FunnelStepsProps = {
  readonly label: string;
  readonly steps: readonly FunnelStep[];
  /** `full` names every stage; `compact` is a row of marks for table cells. */
  readonly size?: "full" | "compact";
};

const LOOKS: Readonly<Record<FunnelState, { readonly icon: LucideIcon; readonly tone: Tone; readonly fill: string }>> =
  {
    met: { icon: Check, tone: "ready", fill: "bg-status-ready" },
    partly: { icon: Percent, tone: "attention", fill: "bg-status-attention" },
    "not-met": { icon: X, tone: "blocked", fill: "bg-status-blocked" },
    "not-reached": { icon: Minus, tone: "not-applicable", fill: "bg-border-strong" },
    unknown: { icon: CircleQuestionMark, tone: "unknown", fill: "hatched" },
    "not-exposed": { icon: EyeOff, tone: "not-exposed", fill: "hatched" },
    "not-applicable": { icon: Minus, tone: "not-applicable", fill: "bg-border-strong" },
  };

/** available → enabled → ready → adopted → effective, each with its state in icon, word and colour. */
export function FunnelSteps({ label, steps, size = "full" }: FunnelStepsProps) {
  const t = useMessages();
  const word = (state: FunnelState) =>
    state === "met" || state === "partly" || state === "not-met" || state === "not-reached"
      ? t(`funnel.${state}`)
      : t(`state.${state}`);
  const count = ({ met, of }: FunnelStep) => (met === null || of === null ? null : t("funnel.of", { met, of }));
  if (size === "compact") {
    return (
      <ol aria-label={label} className="flex items-center gap-1">
        {steps.map((step) => {
          const { icon: Icon, tone } = LOOKS[step.state];
          const text = [
            `${t(`stage.${step.stage}`)}: ${word(step.state)}`,
            count(step),
            step.isInferred ? t("funnel.inferred") : null,
          ]
            .filter(Boolean)
            .join(", ");
          return (
            <li
              key={step.stage}
              title={text}
              className={cn(
                "inline-flex size-4.5 items-center justify-center rounded-xs border tone-line",
                step.isInferred ? "border-dashed" : "tone-wash",
                toneText[tone],
              )}
            >
              <Icon aria-hidden size={11} strokeWidth={2.5} />
              <span className="sr-only">{text}</span>
            </li>
          );
        })}
      </ol>
    );
  }
  return (
    <ol aria-label={label} className="grid gap-2 sm:grid-cols-5">
      {steps.map((step) => {
        const { icon: Icon, tone, fill } = LOOKS[step.state];
        const share =
          step.met !== null && step.of !== null && step.of > 0 ? step.met / step.of : step.state === "met" ? 1 : 0;
        const counted = count(step);
        const isUnseen = step.state === "unknown" || step.state === "not-exposed";
        return (
          <li key={step.stage} className="flex min-w-0 flex-col gap-1.5">
            <div className={cn("h-1.5 overflow-hidden rounded-full", isUnseen ? "hatched" : "bg-hovered")}>
              <div className={cn("h-full rounded-full", isUnseen ? "" : fill)} style={{ width: `${share * 100}%` }} />
            </div>
            <span className="label-caps">{t(`stage.${step.stage}`)}</span>
            <span className={cn("flex items-center gap-1 text-sm font-medium", toneText[tone])}>
              <Icon aria-hidden size={13} strokeWidth={2.25} className="shrink-0" />
              {word(step.state)}
            </span>
            <span className="flex flex-wrap items-center gap-x-2 text-xs text-muted-foreground">
              {counted !== null &&
                (step.provenance === undefined ? counted : <Why provenance={step.provenance}>{counted}</Why>)}
              {counted === null && step.provenance !== undefined && <Why provenance={step.provenance} />}
              {step.isInferred && (
                <span className="rounded-xs border border-dashed border-border-control px-1">
                  {t("funnel.inferred")}
                </span>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
