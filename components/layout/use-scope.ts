"use client";
import { usePathname } from "next/navigation";
import { useMemo } from "react";
import { useReader } from "../i18n/reader-provider.tsx";
import {
  monthRangeParam,
  type ResolvedRange,
  resolveTimeRange,
  type TimeRange,
  timeRangeParam,
} from "../url/time-range.ts";
import { listParam } from "../url/url-param.ts";
import { type SetUrlState, useUrlState } from "../url/use-url-state.ts";

export const clusterParam = listParam("cluster");
export const teamParam = listParam("team");
/** The parameters that go along when the reader moves from page to page. */
export const SCOPE_PARAMS: readonly string[] = [clusterParam.name, teamParam.name, timeRangeParam.name];

/** Chosen cluster names; empty = all. */
export function useClusterFilter(): readonly [readonly string[], SetUrlState<readonly string[]>] {
  return useUrlState(clusterParam);
}
/** Chosen teams; empty = all. */
export function useTeamFilter(): readonly [readonly string[], SetUrlState<readonly string[]>] {
  return useUrlState(teamParam);
}
/** The range of the address, its two moments now, and the setter. */
export function useTimeRange(): {
  readonly range: TimeRange;
  readonly resolved: ResolvedRange;
  readonly setRange: SetUrlState<TimeRange>;
} {
  const isMonthly = usePathname().startsWith("/network");
  const [range, setRange] = useUrlState(isMonthly ? monthRangeParam : timeRangeParam);
  const { now } = useReader();
  const minute = Math.floor(now / 60_000) * 60_000;
  const resolved = useMemo(() => resolveTimeRange(range, minute), [range, minute]);
  return { range, resolved, setRange };
}
