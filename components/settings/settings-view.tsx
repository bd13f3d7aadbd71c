"use client";
import { useMayDo } from "../data/access-queries.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { choiceParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { AlertsPanel } from "./alerts-panel.tsx";
import { AuditPanel } from "./audit-panel.tsx";
import { BudgetsPanel } from "./budgets-panel.tsx";
import { InstallationPanel } from "./installation-panel.tsx";
import { PricesPanel } from "./prices-panel.tsx";
import { TokensPanel } from "./tokens-panel.tsx";
import { UsersPanel } from "./users-panel.tsx";

const TABS = ["prices", "budgets", "alerts", "users", "tokens", "audit", "installation"] as const;
/** For whoever manages access; others are not shown doors that stay closed. */
const ACCESS_TABS: readonly string[] = ["users", "tokens", "audit"];
const tabParam = choiceParam("tab", TABS, "prices");

/** Prices, budgets and alerts to edit, who may see what, and the configuration to look at. */
export function SettingsView() {
  const t = useMessages();
  const [tab, setTab] = useUrlState(tabParam);
  const mayManage = useMayDo("access");
  return (
    <div className="flex flex-col gap-5">
      <SectionHeader level={1} title={t("settings.title")} summary={t("settings.summary")} />
      <Tabs
        label={t("settings.tabs")}
        current={tab}
        onChange={(id) => setTab(id)}
        tabs={TABS.filter((id) => mayManage || !ACCESS_TABS.includes(id)).map((id) => ({
          id,
          label: t(`settings.tab.${id}`),
        }))}
      >
        {tab === "prices" && <PricesPanel />}
        {tab === "budgets" && <BudgetsPanel />}
        {tab === "alerts" && <AlertsPanel />}
        {tab === "users" && <UsersPanel />}
        {tab === "tokens" && <TokensPanel />}
        {tab === "audit" && <AuditPanel />}
        {tab === "installation" && <InstallationPanel />}
      </Tabs>
    </div>
  );
}
