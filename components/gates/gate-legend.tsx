"use client";
import type { ReactNode } from "react";
import type { GateState } from "#server/contract/gates.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { GATE_STATES } from "../ui/gate-state.tsx";
import { GateMark, type MarkFacts } from "./gate-mark.tsx";

const plain = (state: GateState): MarkFacts => ({
  state,
  isLocked: false,
  isInferred: false,
  isConsulted: true,
  explicit: { how: "no" },
});

/** What each mark means, in the order in which the eye meets them. */
export function GateLegend() {
  const { t } = useReader();
  const item = (key: string, mark: ReactNode, text: string) => (
    <li key={key} className="flex items-center gap-1 whitespace-nowrap">
      {mark}
      {text}
    </li>
  );
  return (
    <ul aria-label={t("gates.legend")} className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted-foreground">
      {GATE_STATES.map((state) => item(state, <GateMark cell={plain(state)} />, t(`gate.${state}`)))}
      {item("absent", <GateMark cell={null} />, t("gates.absent"))}
      {item("drift", <GateMark cell={plain("on")} isDrift />, t("gates.mark.drift"))}
      {item(
        "explicit",
        <GateMark cell={{ ...plain("on"), explicit: { how: "visible", isOn: true, source: "flagz" } }} />,
        t("gates.mark.explicit"),
      )}
      {item(
        "inferred",
        <GateMark cell={{ ...plain("on"), explicit: { how: "inferred", isOn: true } }} />,
        t("gates.mark.inferred"),
      )}
      {item("locked", <GateMark cell={{ ...plain("on"), isLocked: true }} />, t("gates.mark.locked"))}
      {item("derived", <GateMark cell={{ ...plain("on"), isInferred: true }} />, t("gates.mark.derived"))}
      {item("idle", <GateMark cell={{ ...plain("on"), isConsulted: false }} />, t("gates.mark.idle"))}
    </ul>
  );
}
