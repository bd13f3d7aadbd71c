"use client";
import type { PressureWindow } from "#server/contract/pressure.ts";
import { SCOPE_PARAMS } from "../layout/use-scope.ts";
import { timeRangeParam } from "../url/time-range.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { kindParam, resourceParam, windowOf, windowParam } from "./pressure-query.ts";

/** What goes along from page to page of this area. */
export const PRESSURE_PARAMS: readonly string[] = [
  ...SCOPE_PARAMS,
  resourceParam.name,
  kindParam.name,
  windowParam.name,
];

/** The window of this page and its setter. */
export function usePressureWindow(): readonly [PressureWindow, (window: PressureWindow) => void] {
  const [own, setOwn] = useUrlState(windowParam);
  const [range] = useUrlState(timeRangeParam);
  const window = windowOf((name) =>
    name === windowParam.name
      ? windowParam.write(own)
      : name === timeRangeParam.name
        ? timeRangeParam.write(range)
        : [],
  );
  return [window, (next) => setOwn(next)];
}
