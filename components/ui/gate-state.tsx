"use client";
import {
  CircleMinus,
  CircleQuestionMark,
  CircleSlash2,
  EyeOff,
  Lock,
  type LucideIcon,
  ToggleLeft,
  ToggleRight,
} from "lucide-react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { cn } from "./cn.ts";
import { type Tone, toneText } from "./tone.ts";

export const GATE_STATES = [
  "on",
  "off",
  "removed-always-on",
  "removed-gone",
  "not-known",
  "not-exposed",
  "unknown",
] as const;
export type GateStateName = (typeof GATE_STATES)[number];

const LOOKS: Readonly<Record<GateStateName, { readonly icon: LucideIcon; readonly tone: Tone }>> = {
  on: { icon: ToggleRight, tone: "in-use" },
  off: { icon: ToggleLeft, tone: "off" },
  "removed-always-on": { icon: Lock, tone: "always-on" },
  "removed-gone": { icon: CircleMinus, tone: "not-applicable" },
  "not-known": { icon: CircleSlash2, tone: "not-applicable" },
  "not-exposed": { icon: EyeOff, tone: "not-exposed" },
  unknown: { icon: CircleQuestionMark, tone: "unknown" },
};

export type GateStateProps = {
  readonly state: GateStateName;
  /** How the value came to be, said after the state. */
  readonly origin?: "default" | "set" | "inferred" | null;
  readonly isLocked?: boolean;
};

export function GateState({ state, origin = null, isLocked = false }: GateStateProps) {
  const t = useMessages();
  const { icon: Icon, tone } = LOOKS[state];
  const notes = [origin === null ? null : t(`gate.${origin}`), isLocked ? t("gate.locked") : null].filter(Boolean);
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-xs">
      <Icon aria-hidden size={14} className={cn("shrink-0", toneText[tone])} />
      <span className={cn("font-medium", toneText[tone])}>{t(`gate.${state}`)}</span>
      {notes.length > 0 && <span className="text-subtle-foreground">{notes.join(", ")}</span>}
    </span>
  );
}
