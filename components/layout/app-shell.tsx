"use client";
import { Boxes, FlaskConical, Menu, Users } from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";
import { NAVIGATION_COOKIE } from "../i18n/locale.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { writeCookie } from "../i18n/write-cookie.ts";
import { Badge } from "../ui/badge.tsx";
import { Combobox, type ComboboxOption } from "../ui/combobox.tsx";
import { type Coverage, CoverageNote } from "../ui/coverage-note.tsx";
import { Drawer } from "../ui/drawer.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { Logo } from "./logo.tsx";
import { NavigationList, type NavigationListProps } from "./navigation-list.tsx";
import { Preferences } from "./preferences.tsx";
import { Shortcuts } from "./shortcuts.tsx";
import { Sidebar } from "./sidebar.tsx";
import type { Theme } from "./theme.ts";
import { TimeRangePicker } from "./time-range-picker.tsx";
import { useClusterFilter, useTeamFilter } from "./use-scope.ts";

export type AppShellProps = {
  readonly theme: Theme;
  readonly isNavigationCollapsed: boolean;
  readonly clusters: readonly ComboboxOption[];
  readonly teams: readonly ComboboxOption[];
  /** What the stored data cover now; `null` until known. */
  readonly coverage: Coverage | null;
  readonly isDemo: boolean;
  readonly counts?: NavigationListProps["counts"];
  readonly children: ReactNode;
};

/** The frame: navigation on the left, what the reader looks at on top, the page below. */
export function AppShell({
  theme,
  isNavigationCollapsed,
  clusters,
  teams,
  coverage,
  isDemo,
  counts = {},
  children,
}: AppShellProps) {
  const t = useMessages();
  const [isCollapsed, setCollapsed] = useState(isNavigationCollapsed);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [chosenClusters, setClusters] = useClusterFilter();
  const [chosenTeams, setTeams] = useTeamFilter();
  const toggle = useCallback(() => {
    setCollapsed((was) => {
      writeCookie(NAVIGATION_COOKIE, was ? "open" : "collapsed");
      return !was;
    });
  }, []);
  return (
    <div className="flex min-h-dvh">
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-inverse px-3 py-1.5 text-sm text-inverse-foreground focus:translate-y-0"
      >
        {t("shell.skip")}
      </a>
      <Sidebar isCollapsed={isCollapsed} onToggle={toggle} counts={counts} />
      <div className="flex min-w-0 grow flex-col">
        <header
          data-shell="bar"
          className="sticky top-0 z-30 flex min-h-12 flex-wrap items-center gap-x-2 gap-y-1.5 border-b bg-page/90 px-4 py-2 backdrop-blur-md md:px-6"
        >
          <div className="flex items-center gap-2 md:hidden">
            <IconButton icon={Menu} label={t("shell.menu")} onClick={() => setMenuOpen(true)} />
            <Logo />
          </div>
          <div className="order-last flex w-full min-w-0 flex-wrap items-center gap-1.5 md:order-none md:w-auto">
            <Combobox
              label={t("shell.clusters")}
              emptyLabel={t("shell.all-clusters")}
              icon={Boxes}
              options={clusters}
              value={chosenClusters}
              onChange={(value) => setClusters(value)}
            />
            <Combobox
              label={t("shell.teams")}
              emptyLabel={t("shell.all-teams")}
              icon={Users}
              options={teams}
              value={chosenTeams}
              onChange={(value) => setTeams(value)}
            />
            <TimeRangePicker />
          </div>
          <div className="flex min-w-0 flex-1 basis-0 items-center justify-end gap-1.5">
            {isDemo && (
              <Badge tone="attention" icon={FlaskConical} title={t("shell.demo-note")}>
                {t("shell.demo")}
              </Badge>
            )}
            {coverage !== null && <CoverageNote coverage={coverage} />}
            <Preferences theme={theme} />
            <AccountMenu />
          </div>
        </header>
        <main id="content" tabIndex={-1} className="min-w-0 grow px-4 py-5 outline-none md:px-6">
          <div className="mx-auto max-w-[100rem]">{children}</div>
        </main>
      </div>
      {isMenuOpen && (
        <Drawer title={t("shell.navigation")} side="left" size="sm" onClose={() => setMenuOpen(false)}>
          <NavigationList onNavigate={() => setMenuOpen(false)} counts={counts} />
        </Drawer>
      )}
      <Shortcuts onToggleSidebar={toggle} />
    </div>
  );
}
