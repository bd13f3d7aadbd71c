"use client";
import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { useMessages } from "../i18n/reader-provider.tsx";
import { cn } from "../ui/cn.ts";
import { isCurrent, NAVIGATION } from "./navigation.ts";
import { scopeHref } from "./scope-href.ts";
import { SCOPE_PARAMS } from "./use-scope.ts";

export type NavigationListProps = {
  readonly isCollapsed?: boolean;
  readonly onNavigate?: () => void;
  /** Small marks behind an item: open actions, clusters that do not answer. */
  readonly counts?: Readonly<Partial<Record<string, number>>>;
};

export function NavigationList({ isCollapsed = false, onNavigate, counts = {} }: NavigationListProps) {
  const t = useMessages();
  const path = usePathname();
  const search = useSearchParams();
  return (
    <nav aria-label={t("shell.navigation")} className="flex flex-col gap-4">
      {NAVIGATION.map((group) => (
        <ul key={group.label} aria-label={t(group.label)} className="flex flex-col gap-px">
          {group.items.map((item) => {
            const { area, href, icon: Icon } = item;
            const current = isCurrent(item, path);
            const name = t(`${area}.title`);
            const count = counts[area];
            return (
              <li key={area}>
                <Link
                  href={scopeHref(href, search, SCOPE_PARAMS)}
                  prefetch={false}
                  aria-current={current ? "page" : undefined}
                  title={isCollapsed ? name : undefined}
                  onClick={() => onNavigate?.()}
                  className={cn(
                    "relative flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm transition-colors",
                    current
                      ? "bg-selected font-medium text-foreground"
                      : "text-muted-foreground hover:bg-hovered hover:text-foreground",
                    isCollapsed && "justify-center px-0",
                  )}
                >
                  <Icon
                    aria-hidden
                    size={16}
                    strokeWidth={1.75}
                    className={cn("shrink-0", current ? "text-accent" : "text-subtle-foreground")}
                  />
                  <span className={isCollapsed ? "sr-only" : "grow truncate"}>{name}</span>
                  {count !== undefined && count > 0 && !isCollapsed && (
                    <span className="text-xs text-muted-foreground">{count}</span>
                  )}
                </Link>
              </li>
            );
          })}
        </ul>
      ))}
    </nav>
  );
}
