"use client";
import { CircleCheck, CircleQuestionMark, ClipboardList, type LucideIcon, OctagonX } from "lucide-react";
import type { UpgradeVerdict } from "#server/contract/upgrade.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Badge, type BadgeProps } from "../ui/badge.tsx";
import type { Tone } from "../ui/tone.ts";

type Look = { readonly icon: LucideIcon; readonly tone: Tone; readonly look: NonNullable<BadgeProps["look"]> };
export const UPGRADE_LOOKS: Readonly<Record<UpgradeVerdict, Look>> = {
  blocked: { icon: OctagonX, tone: "blocked", look: "soft" },
  review: { icon: ClipboardList, tone: "attention", look: "soft" },
  "no-known-blockers": { icon: CircleCheck, tone: "ready", look: "soft" },
  unknown: { icon: CircleQuestionMark, tone: "unknown", look: "dashed" },
};

export function UpgradeVerdictBadge({ verdict }: { readonly verdict: UpgradeVerdict }) {
  const t = useMessages();
  const { icon, tone, look } = UPGRADE_LOOKS[verdict];
  return (
    <Badge icon={icon} tone={tone} look={look}>
      {t(`upgrade.verdict.${verdict}`)}
    </Badge>
  );
}
