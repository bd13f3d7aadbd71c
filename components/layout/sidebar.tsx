"use client";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { cn } from "../ui/cn.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Logo } from "./logo.tsx";
import { NavigationList, type NavigationListProps } from "./navigation-list.tsx";

export type SidebarProps = Pick<NavigationListProps, "counts"> & {
  readonly isCollapsed: boolean;
  readonly onToggle: () => void;
};

/** The wide-screen navigation; narrow screens open the same list as a drawer. */
export function Sidebar({ isCollapsed, onToggle, counts = {} }: SidebarProps) {
  const t = useMessages();
  return (
    <aside
      data-shell="bar"
      className={cn(
        "sticky top-0 hidden h-dvh shrink-0 flex-col border-r bg-sunken md:flex",
        isCollapsed ? "w-14" : "w-52",
      )}
    >
      <div className={cn("flex h-12 items-center gap-2 px-4", isCollapsed && "justify-center px-0")}>
        <Logo />
        <span className={isCollapsed ? "sr-only" : "text-base font-semibold tracking-tight"}>Sluice</span>
      </div>
      <div className="min-h-0 grow overflow-y-auto px-2 py-2">
        <NavigationList isCollapsed={isCollapsed} counts={counts} />
      </div>
      <div className={cn("flex p-2", isCollapsed ? "justify-center" : "justify-end")}>
        <IconButton
          icon={isCollapsed ? PanelLeftOpen : PanelLeftClose}
          label={isCollapsed ? t("shell.expand") : t("shell.collapse")}
          aria-expanded={!isCollapsed}
          onClick={onToggle}
        />
      </div>
    </aside>
  );
}
