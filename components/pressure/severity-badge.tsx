"use client";
import { CircleCheck, Flame, TriangleAlert } from "lucide-react";
import type { PressureRow } from "#server/contract/pressure.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";

const LOOKS = {
  critical: { tone: "blocked", icon: Flame, look: "soft" },
  attention: { tone: "attention", icon: TriangleAlert, look: "soft" },
  calm: { tone: "ready", icon: CircleCheck, look: "plain" },
} as const;

/** How far the peak went, in icon, word and colour. */
export function SeverityBadge({
  severity,
  title,
}: {
  readonly severity: NonNullable<PressureRow["severity"]>;
  readonly title?: string;
}) {
  const t = useMessages();
  const { tone, icon, look } = LOOKS[severity];
  return (
    <Badge tone={tone} icon={icon} look={look} {...(title === undefined ? {} : { title })}>
      {t(`pressure.severity.${severity}`)}
    </Badge>
  );
}
