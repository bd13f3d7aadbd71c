import { describe, expect, it } from "vitest";
import { trendStart } from "./trend-start.ts";

const NOW = Date.parse("2026-11-22T06:00:00Z");
const point = (day: string, adoptableCount: number | null = 4) =>
  ({ day, verdict: "in-use", adoptedCount: adoptableCount === null ? null : 1, adoptableCount }) as const;

describe("the begin of a trend", () => {
  it("is the first day that was counted, in any cluster", () => {
    const trends = [[point("2026-11-21"), point("2026-11-22")], [point("2026-11-19", null), point("2026-11-20")], []];
    expect(trendStart(trends, 30, NOW)).toBe("2026-11-20");
  });
  it("is not told where the window is full, or nothing was counted", () => {
    expect(trendStart([[point("2026-10-23"), point("2026-11-22")]], 30, NOW)).toBeNull();
    expect(trendStart([[point("2026-10-24")]], 30, NOW)).toBeNull();
    expect(trendStart([[point("2026-11-22", null)], []], 30, NOW)).toBeNull();
  });
});
