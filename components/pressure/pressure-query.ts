import {
  PRESSURE_CHOICES,
  PRESSURE_LEVELS,
  PRESSURE_WINDOWS,
  type PressureHeatmapQuery,
  type PressureQuery,
  type PressureWindow,
} from "#server/contract/pressure.ts";
import { timeRangeParam } from "../url/time-range.ts";
import { choiceParam } from "../url/url-param.ts";

// No "use client": the page on the server reads the same address.
export const resourceParam = choiceParam("resource", PRESSURE_CHOICES, "any");
export const PRESSURE_TABS = ["stalls", "swap", "alerts"] as const;
export const tabParam = choiceParam("tab", PRESSURE_TABS, "stalls");
export const kindParam = choiceParam("kind", ["waiting", "stalled"] as const, "waiting");
export const levelParam = choiceParam("level", PRESSURE_LEVELS, "node");
/** Wins over the range of the top bar, which knows no quarter of an hour. */
export const windowParam = choiceParam("window", ["", ...PRESSURE_WINDOWS] as const, "");

type Texts = (name: string) => readonly string[];

/** The window of an address: its own, else the range of the top bar where that is one of the windows, else the longest. */
export function windowOf(texts: Texts): PressureWindow {
  const own = windowParam.parse(texts(windowParam.name));
  if (own !== "") return own;
  const range = timeRangeParam.parse(texts(timeRangeParam.name));
  if (range.kind !== "last") return "7d";
  return PRESSURE_WINDOWS.find((window) => window === range.preset) ?? "7d";
}

export function rankingQuery(texts: Texts): PressureQuery {
  const cluster = texts("cluster");
  const team = texts("team");
  return {
    ...(cluster.length === 0 ? {} : { cluster: [...cluster] }),
    ...(team.length === 0 ? {} : { team: [...team] }),
    resource: resourceParam.parse(texts(resourceParam.name)),
    kind: kindParam.parse(texts(kindParam.name)),
    level: levelParam.parse(texts(levelParam.name)),
    window: windowOf(texts),
    limit: 25,
  };
}

export function heatmapQuery({ cluster, team, resource, kind, window }: PressureQuery): PressureHeatmapQuery {
  return {
    ...(cluster === undefined ? {} : { cluster }),
    ...(team === undefined ? {} : { team }),
    resource,
    kind,
    window,
  };
}
