"use client";
import { Ban, MapPin, Route } from "lucide-react";
import type { NetworkFix } from "#server/contract/network.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";

const LOOK = {
  routing: { tone: "ready", icon: Route },
  placement: { tone: "attention", icon: MapPin },
  none: { tone: "neutral", icon: Ban },
} as const;

/** The way that helps most, with its reason; further ones follow as words. */
export function FixBadges({ fixes }: { readonly fixes: readonly NetworkFix[] }) {
  const t = useMessages();
  const [first, ...others] = fixes;
  if (first === undefined) return null;
  const { tone, icon } = LOOK[first.kind];
  const also = others.map((fix) => `${t(`network.fix.${fix.kind}`)}: ${t(`network.why.${fix.reason}`)}`).join("; ");
  const reasons = [t(`network.why.${first.reason}`), also].filter((text) => text !== "").join("; ");
  return (
    <span className="flex min-w-0 items-center gap-2" title={reasons}>
      <Badge tone={tone} icon={icon} look={first.kind === "none" ? "outline" : "soft"}>
        {t(`network.fix.${first.kind}`)}
      </Badge>
      {/* Where the table would have to be scrolled for it, the reason is one hover or the CSV away; screen readers have it always. */}
      <span className="sr-only truncate text-xs text-muted-foreground min-[1680px]:not-sr-only min-[1680px]:max-w-36">
        {t(`network.why.${first.reason}`)}
      </span>
      {others.length > 0 && <span className="text-xs text-subtle-foreground">+{others.length}</span>}
    </span>
  );
}
