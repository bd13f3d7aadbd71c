"use client";
import type { ReactNode } from "react";
import { UNOWNED } from "#server/contract/common.ts";
import { useClusterList, useTeamList } from "../data/fleet-queries.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { AppShell } from "./app-shell.tsx";
import type { Theme } from "./theme.ts";
import { useLanguageParam } from "./use-language-param.ts";

export type FleetShellProps = {
  readonly theme: Theme;
  readonly isNavigationCollapsed: boolean;
  readonly children: ReactNode;
};

/** The frame with the fleet in its pickers. A list that did not arrive leaves its picker empty; the page stays usable. */
export function FleetShell({ children, ...rest }: FleetShellProps) {
  const t = useMessages();
  useLanguageParam();
  const clusters = useClusterList();
  const teams = useTeamList();
  return (
    <AppShell
      {...rest}
      clusters={(clusters.data?.items ?? []).map(({ name, minor }) => ({
        value: name,
        label: name,
        ...(minor === null ? {} : { note: minor }),
      }))}
      teams={(teams.data?.items ?? []).map(({ team }) =>
        team === null ? { value: UNOWNED, label: t("shell.unowned") } : { value: team, label: team },
      )}
      coverage={clusters.data?.coverage ?? null}
      isDemo={clusters.data?.coverage.isDemo ?? false}
    >
      {children}
    </AppShell>
  );
}
