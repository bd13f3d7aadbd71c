import { describe, expect, it } from "vitest";
import { isDue } from "./schedule.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

describe("a read is due", () => {
  it.each([
    ["when it was never made", null, 0, true],
    ["not before its cadence has passed", ago(59), 0, false],
    ["when its cadence has passed", ago(60), 0, true],
    ["later after a failure", ago(60), 1, false],
    ["after twice its cadence following one failure", ago(120), 1, true],
    ["after eight times its cadence however often it failed", ago(480), 30, true],
    ["when the clock jumped back by more than a cadence", ago(-3600), 0, true],
  ])("%s", (_, lastStartedAt, failureCount, expected) => {
    expect(isDue({ kind: "metrics", lastStartedAt, failureCount }, 60, NOW)).toBe(expected);
  });
});
