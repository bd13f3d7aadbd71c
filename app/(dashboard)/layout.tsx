import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { cookies, headers } from "next/headers";
import { type ReactNode, Suspense } from "react";
import { sessionOptions } from "#components/data/access-queries.ts";
import { clusterListOptions, FLEET_LIMIT, teamListOptions } from "#components/data/fleet-queries.ts";
import { makeQueryClient } from "#components/data/query-client.ts";
import { NAVIGATION_COOKIE, THEME_COOKIE } from "#components/i18n/locale.ts";
import { FleetShell } from "#components/layout/fleet-shell.tsx";
import { toTheme } from "#components/layout/theme.ts";
import { currentViewer } from "#server/http/current-viewer.ts";
import { listClusters } from "#server/query/list-clusters.ts";
import { listTeams } from "#server/query/list-teams.ts";
import { toSession } from "#server/query/session.ts";

export default async function DashboardLayout({ children }: { readonly children: ReactNode }) {
  const jar = await cookies();
  const viewer = await currentViewer(new Headers(await headers()));
  const client = makeQueryClient();
  client.setQueryData(sessionOptions().queryKey, toSession(viewer));
  // A failure here is not the page's: the browser asks again and the pickers stay empty meanwhile.
  await Promise.all([
    client.prefetchQuery({
      ...clusterListOptions(),
      queryFn: () => listClusters(viewer, { limit: FLEET_LIMIT }),
      retry: false,
    }),
    client.prefetchQuery({
      ...teamListOptions(),
      queryFn: () => listTeams(viewer, { limit: FLEET_LIMIT }),
      retry: false,
    }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <Suspense>
        <FleetShell
          theme={toTheme(jar.get(THEME_COOKIE)?.value)}
          isNavigationCollapsed={jar.get(NAVIGATION_COOKIE)?.value === "collapsed"}
        >
          {children}
        </FleetShell>
      </Suspense>
    </HydrationBoundary>
  );
}
