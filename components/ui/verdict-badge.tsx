"use client";
import {
  BadgeCheck,
  CircleDot,
  CirclePlay,
  CircleQuestionMark,
  CircleSlash2,
  EyeOff,
  Lock,
  type LucideIcon,
  Minus,
  OctagonX,
  Power,
  Split,
} from "lucide-react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Badge, type BadgeProps } from "./badge.tsx";
import type { Tone } from "./tone.ts";

export const VERDICTS = [
  "effective",
  "in-use",
  "always-on",
  "ready-unused",
  "blocked",
  "drift",
  "off",
  "not-available",
  "not-applicable",
  "unknown",
  "not-exposed",
] as const;
export type Verdict = (typeof VERDICTS)[number];

type Look = { readonly icon: LucideIcon; readonly tone: Tone; readonly look: NonNullable<BadgeProps["look"]> };
const LOOKS: Readonly<Record<Verdict, Look>> = {
  effective: { icon: BadgeCheck, tone: "effective", look: "soft" },
  "in-use": { icon: CirclePlay, tone: "in-use", look: "soft" },
  "always-on": { icon: Lock, tone: "always-on", look: "outline" },
  "ready-unused": { icon: CircleDot, tone: "ready", look: "outline" },
  blocked: { icon: OctagonX, tone: "blocked", look: "soft" },
  drift: { icon: Split, tone: "drift", look: "soft" },
  off: { icon: Power, tone: "off", look: "outline" },
  "not-available": { icon: CircleSlash2, tone: "off", look: "plain" },
  "not-applicable": { icon: Minus, tone: "not-applicable", look: "plain" },
  unknown: { icon: CircleQuestionMark, tone: "unknown", look: "dashed" },
  "not-exposed": { icon: EyeOff, tone: "not-exposed", look: "dashed" },
};

export type VerdictBadgeProps = { readonly verdict: Verdict; readonly title?: string };

export function VerdictBadge({ verdict, title }: VerdictBadgeProps) {
  const t = useMessages();
  const { icon, tone, look } = LOOKS[verdict];
  return (
    <Badge icon={icon} tone={tone} look={look} {...(title === undefined ? {} : { title })}>
      {t(`verdict.${verdict}`)}
    </Badge>
  );
}
