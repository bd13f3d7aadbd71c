import { describe, expect, it } from "vitest";
import { findEpisodes } from "./episodes.ts";

const START = new Date("2026-11-22T00:00:00Z");
const series = (values: readonly (number | null)[]) => ({ startAt: START, stepSeconds: 300, values });
const minutes = (at: Date) => (at.getTime() - START.getTime()) / 60_000;

describe("episodes above a limit", () => {
  it("tells begin, end and peak of each stretch", () => {
    const found = findEpisodes(series([0, 0.3, 0.6, 0, 0.4, 0]), 0.2);
    expect(found.map(({ from, to, peak }) => [minutes(from), minutes(to), peak])).toEqual([
      [5, 15, 0.6],
      [20, 25, 0.4],
    ]);
    expect(found.some(({ isOngoing }) => isOngoing)).toBe(false);
  });
  it("bridges a late read but not a longer silence", () => {
    expect(findEpisodes(series([0.3, null, null, 0.3, 0]), 0.2)).toHaveLength(1);
    expect(findEpisodes(series([0.3, null, null, null, 0.3, 0]), 0.2)).toHaveLength(2);
  });
  it("is ongoing while the newest sample is above, even when none came since", () => {
    expect(findEpisodes(series([0, 0.3, null]), 0.2)).toMatchObject([{ isOngoing: true }]);
    expect(findEpisodes(series([0.3, 0.1]), 0.2)).toMatchObject([{ isOngoing: false }]);
  });
  it("finds nothing where nothing was read", () => {
    expect(findEpisodes(series([null, null]), 0)).toEqual([]);
  });
});
