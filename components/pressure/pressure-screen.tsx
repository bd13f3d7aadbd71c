"use client";
import { useReader } from "../i18n/reader-provider.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { useUrlState } from "../url/use-url-state.ts";
import { AlertsPanel } from "./alerts-panel.tsx";
import { HotSpots } from "./hot-spots.tsx";
import { PRESSURE_TABS, tabParam } from "./pressure-query.ts";
import { SwapPanel } from "./swap-panel.tsx";

/** Where it stalls, who swaps, and what was told of it. */
export function PressureScreen() {
  const { t } = useReader();
  const [tab, setTab] = useUrlState(tabParam);
  return (
    <div className="flex flex-col gap-5">
      <SectionHeader level={1} title={t("pressure.title")} summary={t("pressure.summary")} />
      <Tabs
        label={t("pressure.tabs")}
        current={tab}
        onChange={(id) => setTab(id)}
        tabs={PRESSURE_TABS.map((id) => ({ id, label: t(`pressure.tab.${id}`) }))}
      >
        {tab === "stalls" && <HotSpots />}
        {tab === "swap" && <SwapPanel />}
        {tab === "alerts" && <AlertsPanel />}
      </Tabs>
    </div>
  );
}
