import type { NodePressure, PressureSeries } from "#server/contract/pressure-places.ts";

type Metric = PressureSeries["metric"];
export const LANE_IDS = [
  "cpu",
  "memory",
  "memory-stalled",
  "io",
  "throttled",
  "cpu-use",
  "memory-use",
  "swap",
  "oom",
  "restarts",
] as const;
export type LaneId = (typeof LANE_IDS)[number];
/** How far a step goes: 0 = measured and calm, 3 = critical; null = no sample. */
export type LaneLevel = 0 | 1 | 2 | 3 | null;
export type Lane = {
  readonly id: LaneId;
  readonly levels: readonly LaneLevel[];
  /** In the unit of the lane: a share, use ÷ what it is measured against, bytes/s, or events per second. */
  readonly values: readonly (number | null)[];
  readonly peak: number;
  readonly peakIndex: number;
};

/** What use is measured against: the limit, else what was requested; null = neither is set. */
export type LaneBounds = { readonly cpuCores: number | null; readonly memoryBytes: number | null };

/** Use of its bound from which a lane is worth a look, hurts, or is full. */
const USE_LEVELS = [0.7, 0.9, 1] as const;
const THROTTLED_LEVELS = [0.05, 0.25, 0.5] as const;

/**
 * Stalls, use, throttling, swap, kills and restarts as lanes of one time axis. A lane without any sample is left out; events have
 * no scale, so each is drawn in full.
 */
export function toLanes(
  data: Pick<NodePressure, "series" | "limits">,
  bounds: LaneBounds,
  container = "",
): readonly Lane[] {
  const of = (metric: Metric) =>
    data.series.find((series) => series.metric === metric && series.container === container)?.values;
  const pressure = (resource: "cpu" | "memory" | "io", kind: "waiting" | "stalled") => {
    const { attention, critical } = data.limits[resource][kind];
    return [attention / 2, attention, critical] as const;
  };
  const against = (values: readonly (number | null)[] | undefined, bound: number | null) =>
    bound === null || bound <= 0 ? undefined : values?.map((value) => (value === null ? null : value / bound));
  const swap = addUp(of("swapInBytesPerSecond"), of("swapOutBytesPerSecond"));
  const most = Math.max(0, ...(swap ?? []).map((value) => value ?? 0));
  const any = [Number.MIN_VALUE, Number.MIN_VALUE, Number.MIN_VALUE] as const;
  const plans: readonly (readonly [
    LaneId,
    readonly (number | null)[] | undefined,
    readonly [number, number, number],
  ])[] = [
    ["cpu", of("cpuWaitingRatio"), pressure("cpu", "waiting")],
    ["memory", of("memoryWaitingRatio"), pressure("memory", "waiting")],
    ["memory-stalled", of("memoryStalledRatio"), pressure("memory", "stalled")],
    ["io", of("ioWaitingRatio"), pressure("io", "waiting")],
    ["throttled", of("cpuThrottledRatio"), THROTTLED_LEVELS],
    ["cpu-use", against(of("cpuUsedCores"), bounds.cpuCores), USE_LEVELS],
    ["memory-use", against(of("memoryWorkingSetBytes"), bounds.memoryBytes), USE_LEVELS],
    ["swap", swap, most === 0 ? any : [most / 10, most / 3, (most * 2) / 3]],
    ["oom", of("oomKillsPerSecond"), any],
    ["restarts", of("restartsPerSecond"), any],
  ];
  return plans.flatMap(([id, values, steps]) => {
    if (values === undefined || !values.some((value) => value !== null)) return [];
    const peak = Math.max(...values.map((value) => value ?? 0));
    return [
      {
        id,
        values,
        levels: values.map((value) => levelOf(value, steps)),
        peak,
        peakIndex: values.indexOf(peak),
      },
    ];
  });
}

function levelOf(value: number | null, [low, middle, high]: readonly [number, number, number]): LaneLevel {
  if (value === null) return null;
  if (value >= high) return 3;
  if (value >= middle) return 2;
  return value >= low ? 1 : 0;
}

function addUp(
  a: readonly (number | null)[] | undefined,
  b: readonly (number | null)[] | undefined,
): readonly (number | null)[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.map((value, index) => {
    const other = b[index] ?? null;
    return value === null && other === null ? null : (value ?? 0) + (other ?? 0);
  });
}

/** The steps of one level as an SVG path over a grid of one unit per step and one of height: one element, not one per step. */
export function pathOf(levels: readonly LaneLevel[], level: LaneLevel): string {
  let path = "";
  for (let start = 0; start < levels.length; start += 1) {
    if (levels[start] !== level) continue;
    let end = start + 1;
    while (levels[end] === level && end < levels.length) end += 1;
    path += `M${start} 0h${end - start}v1h-${end - start}z`;
    start = end;
  }
  return path;
}

/** Moments at which something happened, for marks on charts: the first step of each run of events. */
export function eventMoments(
  values: readonly (number | null)[] | undefined,
  from: number,
  stepSeconds: number,
  limit = 6,
): readonly number[] {
  if (values === undefined) return [];
  const starts = values.flatMap((value, index) =>
    (value ?? 0) > 0 && (values[index - 1] ?? 0) === 0 ? [from + index * stepSeconds * 1000] : [],
  );
  return starts.slice(-limit);
}
