import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateCrossZone, type ZoneTraffic } from "./estimate-cross-zone.ts";

const zone = (name: string, received: number, sent: number, kept = 0): ZoneTraffic => ({
  zone: name,
  receivedBytesPerSecond: received,
  sentBytesPerSecond: sent,
  keptBytesPerSecond: kept,
});

describe("what could cross zones", () => {
  it("is at most what a zone received and what the others sent", () => {
    expect(estimateCrossZone([zone("a", 100, 10), zone("b", 100, 300)])).toEqual({
      highBytesPerSecond: 100 + 10,
      expectedBytesPerSecond: 100 * (300 / 310) + 100 * (10 / 310),
    });
  });
  it("is two thirds of even traffic between three even zones, by the expectation", () => {
    const even = [zone("a", 90, 90), zone("b", 90, 90), zone("c", 90, 90)];
    expect(estimateCrossZone(even)?.expectedBytesPerSecond).toBeCloseTo(180, 9);
    expect(estimateCrossZone(even)?.highBytesPerSecond).toBe(270);
  });
  it("is nothing that can be said with one zone or none", () => {
    expect(estimateCrossZone([zone("a", 100, 100)])).toBeNull();
    expect(estimateCrossZone([zone("a", 100, 100), zone("", 5, 5)])).toBeNull();
  });
  it("expects nothing of what a preference in force keeps, and still bounds it", () => {
    const kept = estimateCrossZone([zone("a", 90, 90, 90), zone("b", 90, 90, 90)]);
    expect(kept).toEqual({ highBytesPerSecond: 180, expectedBytesPerSecond: 0 });
  });
  it("holds bytes of unknown zones in the bound only", () => {
    const without = estimateCrossZone([zone("a", 50, 50), zone("b", 50, 50)]);
    const with10 = estimateCrossZone([zone("a", 50, 50), zone("b", 50, 50), zone("", 10, 0)]);
    expect((with10?.highBytesPerSecond ?? 0) - (without?.highBytesPerSecond ?? 0)).toBe(10);
    expect(with10?.expectedBytesPerSecond).toBe(without?.expectedBytesPerSecond);
  });
});

it("never lies below what really crossed, nor below its own expectation", () => {
  const names = ["a", "b", "c"];
  const flow = fc.record({
    from: fc.constantFrom(...names),
    to: fc.constantFrom(...names),
    bytes: fc.integer({ min: 0, max: 1e9 }),
  });
  fc.assert(
    fc.property(fc.array(flow, { maxLength: 40 }), (flows) => {
      const sum = (keep: (one: (typeof flows)[number]) => boolean) =>
        flows.filter(keep).reduce((total, one) => total + one.bytes, 0);
      const zones = names.map((name) =>
        zone(
          name,
          sum((one) => one.to === name),
          sum((one) => one.from === name),
        ),
      );
      const bound = estimateCrossZone(zones);
      const truth = sum((one) => one.from !== one.to);
      expect(bound?.highBytesPerSecond ?? 0).toBeGreaterThanOrEqual(truth);
      expect(bound?.highBytesPerSecond ?? 0).toBeGreaterThanOrEqual((bound?.expectedBytesPerSecond ?? 0) - 1e-3);
    }),
  );
});
