import {
  Activity,
  Boxes,
  CircleArrowUp,
  Coins,
  Cpu,
  Gauge,
  HeartPulse,
  ListChecks,
  type LucideIcon,
  Settings2,
  Sparkles,
  ToggleRight,
  Waypoints,
} from "lucide-react";
import type { MessageKey } from "../i18n/catalogue.ts";

export type Area =
  | "overview"
  | "features"
  | "gates"
  | "upgrade"
  | "pressure"
  | "gpu"
  | "network"
  | "cost"
  | "actions"
  | "clusters"
  | "settings"
  | "status";
export type NavigationItem = {
  readonly area: Area;
  readonly href: string;
  readonly icon: LucideIcon;
  /** Second key of the "g …" shortcut. */
  readonly key: string;
};
export type NavigationGroup = {
  readonly label: Extract<MessageKey, `shell.group.${string}`>;
  readonly items: readonly NavigationItem[];
};

export const NAVIGATION: readonly NavigationGroup[] = [
  {
    label: "shell.group.fleet",
    items: [
      { area: "overview", href: "/", icon: Gauge, key: "o" },
      { area: "actions", href: "/actions", icon: ListChecks, key: "a" },
    ],
  },
  {
    label: "shell.group.capability",
    items: [
      { area: "features", href: "/features", icon: Sparkles, key: "f" },
      { area: "gates", href: "/gates", icon: ToggleRight, key: "t" },
      { area: "upgrade", href: "/upgrade", icon: CircleArrowUp, key: "u" },
    ],
  },
  {
    label: "shell.group.running",
    items: [
      { area: "pressure", href: "/pressure", icon: Activity, key: "p" },
      { area: "gpu", href: "/gpu", icon: Cpu, key: "g" },
      { area: "network", href: "/network", icon: Waypoints, key: "n" },
      { area: "cost", href: "/cost", icon: Coins, key: "c" },
    ],
  },
  {
    label: "shell.group.sluice",
    items: [
      { area: "clusters", href: "/clusters", icon: Boxes, key: "k" },
      { area: "settings", href: "/settings", icon: Settings2, key: "s" },
      { area: "status", href: "/status", icon: HeartPulse, key: "h" },
    ],
  },
];
export const NAVIGATION_ITEMS: readonly NavigationItem[] = NAVIGATION.flatMap((group) => group.items);

/** `/features/x` belongs to Features; `/` only to Overview. */
export function isCurrent(item: NavigationItem, path: string): boolean {
  return item.href === "/" ? path === "/" : path === item.href || path.startsWith(`${item.href}/`);
}
