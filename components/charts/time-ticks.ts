const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
] as const;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes by which the clocks of a zone are ahead of UTC at a moment, in milliseconds. */
export function zoneOffset(at: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timeZone, format);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/**
 * Round moments of a zone between `from` and `to`: full hours, midnights, never more than `maxCount`.
 * Unit: epoch milliseconds. A change to or from summer time moves the later ticks with the clocks on the wall.
 */
export function timeTicks(from: number, to: number, timeZone: string, maxCount = 8): number[] {
  if (!(from < to)) return [];
  const step =
    STEPS.find((candidate) => (to - from) / candidate <= maxCount) ?? Math.ceil((to - from) / maxCount / DAY) * DAY;
  const ticks: number[] = [];
  let wall = Math.ceil((from + zoneOffset(from, timeZone)) / step) * step;
  for (; ticks.length <= maxCount; wall += step) {
    const guess = wall - zoneOffset(wall, timeZone);
    const at = wall - zoneOffset(guess, timeZone);
    if (at >= to) break;
    if (at >= from) ticks.push(at);
  }
  return ticks;
}
