import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DividedDevice, divideDevice, divideHours } from "./device-shares.ts";
import type { DeviceHolder, DeviceState } from "./device-types.ts";

const ratio = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
const holder = fc.record<DeviceHolder>({
  namespace: fc.constantFrom("ml", "search"),
  pod: fc.string({ minLength: 1, maxLength: 4 }),
  workload: fc.constantFrom(null, { kind: "Deployment", name: "serve" }),
  team: fc.constantFrom(null, "ml"),
  attribution: fc.constant("telemetry"),
  claim: fc.constant(null),
  activityRatio: ratio,
  memoryUsedBytes: fc.constant(null),
});
const state = fc.constantFrom<DeviceState>("free", "active", "held-idle", "held-unknown", "unavailable");
const device = fc.record<DividedDevice>({
  id: fc.string({ minLength: 1, maxLength: 8 }),
  state,
  activityRatio: ratio,
  holders: fc.array(holder, { maxLength: 7 }),
  partitions: fc.array(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 3 }),
      profile: fc.constant(null),
      computeShare: fc.option(fc.constantFrom(1 / 7, 2 / 7, 3 / 7, 1 / 8, 1)),
      state,
      activityRatio: ratio,
      memoryUsedBytes: fc.constant(null),
      holders: fc.array(holder, { maxLength: 3 }),
    }),
    { maxLength: 8 },
  ),
});
const STATES: readonly DeviceState[] = ["free", "active", "held-idle", "held-unknown", "unavailable"];

describe("device-hours", () => {
  it("are free + active + held-idle + held-unknown + unavailable, to the last bit", () => {
    const spans = fc.array(fc.tuple(device, fc.integer({ min: 1, max: 3600 })), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(spans, (given) => {
        const parts = given.flatMap(([one, seconds]) => divideHours(one, seconds));
        const sum = (list: readonly { readonly hours: number }[]) => list.reduce((all, { hours }) => all + hours, 0);
        const byState = STATES.map((name) => sum(parts.filter((part) => part.state === name)));
        // Added state by state, device by device or backwards: the same number.
        expect(byState.reduce((all, hours) => all + hours, 0)).toBe(sum(parts));
        expect(sum(parts.toReversed())).toBe(sum(parts));
        const whole = given.reduce(
          (all, [one, seconds]) => all + sum(divideHours({ ...one, holders: [], partitions: [] }, seconds)),
          0,
        );
        expect(sum(parts)).toBe(whole);
      }),
    );
  });
  it("of a shared device are those of one device, however many share it", () => {
    fc.assert(
      fc.property(device, fc.integer({ min: 1, max: 100_000 }), (one, seconds) => {
        const hours = divideHours(one, seconds).reduce((all, part) => all + part.hours, 0);
        expect(hours).toBe(divideHours({ ...one, holders: [], partitions: [] }, seconds)[0]?.hours);
        expect(Math.abs(hours - seconds / 3600)).toBeLessThan(1e-9);
        expect(divideDevice(one).reduce((all, part) => all + part.share, 0)).toBe(1);
      }),
    );
  });
  it("go to holders by what each does, where every one of them is measured", () => {
    const own = (pod: string, activityRatio: number | null): DeviceHolder => ({
      namespace: "ml",
      pod,
      workload: null,
      team: null,
      attribution: "telemetry",
      claim: null,
      activityRatio,
      memoryUsedBytes: null,
    });
    const shared = (holders: DeviceHolder[]): DividedDevice => ({
      id: "GPU-1",
      state: "active",
      activityRatio: 0.9,
      holders,
      partitions: [],
    });
    expect(divideDevice(shared([own("a", 0.6), own("b", 0.2)])).map(({ share }) => share)).toEqual([0.75, 0.25]);
    expect(divideDevice(shared([own("a", 0.6), own("b", null)])).map(({ share }) => share)).toEqual([0.5, 0.5]);
  });
});
