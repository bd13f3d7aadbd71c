"use client";
import { useMessages } from "../i18n/reader-provider.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { choiceParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { AlertsPanel } from "./alerts-panel.tsx";
import { BudgetsPanel } from "./budgets-panel.tsx";
import { InstallationPanel } from "./installation-panel.tsx";
import { PricesPanel } from "./prices-panel.tsx";

const TABS = ["prices", "budgets", "alerts", "installation"] as const;
const tabParam = choiceParam("tab", TABS, "prices");

/** Prices and budgets to edit, and the configuration to look at. */
export function SettingsView() {
  const t = useMessages();
  const [tab, setTab] = useUrlState(tabParam);
  return (
    <div className="flex flex-col gap-5">
      <SectionHeader level={1} title={t("settings.title")} summary={t("settings.summary")} />
      <Tabs
        label={t("settings.tabs")}
        current={tab}
        onChange={(id) => setTab(id)}
        tabs={TABS.map((id) => ({ id, label: t(`settings.tab.${id}`) }))}
      >
        {tab === "prices" && <PricesPanel />}
        {tab === "budgets" && <BudgetsPanel />}
        {tab === "alerts" && <AlertsPanel />}
        {tab === "installation" && <InstallationPanel />}
      </Tabs>
    </div>
  );
}
