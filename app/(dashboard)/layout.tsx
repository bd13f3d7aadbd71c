import { cookies } from "next/headers";
import { type ReactNode, Suspense } from "react";
import { NAVIGATION_COOKIE, THEME_COOKIE } from "#components/i18n/locale.ts";
import { AppShell } from "#components/layout/app-shell.tsx";
import { toTheme } from "#components/layout/theme.ts";

export default async function DashboardLayout({ children }: { readonly children: ReactNode }) {
  const jar = await cookies();
  return (
    <Suspense>
      <AppShell
        theme={toTheme(jar.get(THEME_COOKIE)?.value)}
        isNavigationCollapsed={jar.get(NAVIGATION_COOKIE)?.value === "collapsed"}
        clusters={[]}
        teams={[]}
        coverage={null}
        isDemo={false}
      >
        {children}
      </AppShell>
    </Suspense>
  );
}
