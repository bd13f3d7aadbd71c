import type { UrlParam } from "./url-param.ts";

export const RANGE_PRESETS = ["1h", "6h", "24h", "7d", "30d", "90d"] as const;
export type RangePreset = (typeof RANGE_PRESETS)[number];
const PRESET_SECONDS: Readonly<Record<RangePreset, number>> = {
  "1h": 3_600,
  "6h": 21_600,
  "24h": 86_400,
  "7d": 604_800,
  "30d": 2_592_000,
  "90d": 7_776_000,
};
export const DEFAULT_PRESET: RangePreset = "24h";

/** What the address says: up to now, or between two moments (`from` included, `to` excluded; ISO 8601 UTC). */
export type TimeRange =
  | { readonly kind: "last"; readonly preset: RangePreset }
  | { readonly kind: "between"; readonly from: string; readonly to: string };

/** The parameter of pages that open with another span than a day. */
export function timeRangeParamOf(preset: RangePreset): UrlParam<TimeRange> {
  return {
    name: "range",
    parse: (values) => (values[0] === undefined ? { kind: "last", preset } : timeRangeParam.parse(values)),
    write: (range) =>
      range.kind === "last" ? (range.preset === preset ? [] : [range.preset]) : timeRangeParam.write(range),
  };
}

/** `?range=7d` or `?range=2026-11-01T00:00:00.000Z..2026-11-08T00:00:00.000Z`. */
export const timeRangeParam: UrlParam<TimeRange> = {
  name: "range",
  parse: ([text = ""]) => {
    const [from, to] = text.split("..").map((moment) => Date.parse(moment));
    if (from !== undefined && to !== undefined && from < to) {
      return { kind: "between", from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    }
    return { kind: "last", preset: RANGE_PRESETS.find((preset) => preset === text) ?? DEFAULT_PRESET };
  },
  write: (range) => {
    if (range.kind === "between") return [`${range.from}..${range.to}`];
    return range.preset === DEFAULT_PRESET ? [] : [range.preset];
  },
};

/** Traffic is paid by the month and stored by the day: its pages open with one. */
export const monthRangeParam = timeRangeParamOf("30d");

export type ResolvedRange = { readonly from: Date; readonly to: Date; readonly seconds: number };

/** The two moments of a range; the end of a "last" range is rounded down to the minute, so that query keys repeat. */
export function resolveTimeRange(range: TimeRange, now: number): ResolvedRange {
  if (range.kind === "between") {
    const from = new Date(range.from);
    const to = new Date(range.to);
    return { from, to, seconds: (to.getTime() - from.getTime()) / 1000 };
  }
  const seconds = PRESET_SECONDS[range.preset];
  const end = Math.floor(now / 60_000) * 60_000;
  return { from: new Date(end - seconds * 1000), to: new Date(end), seconds };
}
