"use client";
import type { DeviceState } from "#server/contract/gpu.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { STATE_ICON, STATE_TONE } from "./device-state.ts";

/** What a device does, as icon, word and colour. */
export function StateBadge({ state }: { readonly state: DeviceState }) {
  const t = useMessages();
  return (
    <Badge tone={STATE_TONE[state]} icon={STATE_ICON[state]} look={state === "held-unknown" ? "dashed" : "soft"}>
      {t(`gpu.state.${state}`)}
    </Badge>
  );
}
