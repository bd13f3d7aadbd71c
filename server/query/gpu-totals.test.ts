import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GpuHolderHoursRow, REST } from "../store/sql/read-gpu.ts";
import { costOf } from "./gpu-figures.ts";
import { sumCents, toTotals, toWholeCents } from "./gpu-totals.ts";

const GRAIN = 2 ** -30;
const hours = fc.integer({ min: 0, max: 2 ** 40 }).map((units) => units * GRAIN);
const row: fc.Arbitrary<GpuHolderHoursRow> = fc
  .record({
    clusterId: fc.constantFrom(1, 2),
    namespace: fc.constantFrom("", "ml", "search"),
    kind: fc.constantFrom("Deployment", "Job", REST),
    name: fc.constantFrom("", "train", "serve"),
    team: fc.constantFrom("", "ml", "search"),
    model: fc.constantFrom("A100", "H100"),
    pool: fc.constantFrom("a", "b"),
    state: fc.constantFrom("free", "active", "held-idle", "held-unknown", "unavailable"),
    hours,
    cost: fc.option(fc.double({ min: 0, max: 5000, noNaN: true })),
  })
  .map((made) => ({
    ...made,
    deviceCount: 1,
    pricedHours: made.cost === null ? 0 : made.hours,
    activitySum: null,
    activitySeconds: null,
  }));

describe("device-hours and money cut four ways", () => {
  it("add up to the headline: hours to the last bit, money to the cent", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 80 }), (amounts) => {
        const rows = toWholeCents(amounts);
        const totals = toTotals(rows, (id) => `cluster-${id}`);
        const whole = rows.reduce((sum, one) => sum + one.hours, 0);
        const cents = Math.round(sumCents(rows) * 100);
        const headline = costOf(rows, "EUR");
        if (headline.state === "value") expect(Math.round(headline.value * 100)).toBe(cents);
        const parts = Map.groupBy(amounts, ({ clusterId, team }) => `${clusterId} ${team}`);
        expect(Math.abs(cents - amounts.reduce((sum, one) => sum + (one.cost ?? 0), 0) * 100)).toBeLessThanOrEqual(
          parts.size / 2 + 1e-6,
        );
        // An answer bound to one team, or one cluster, has the cents of its part.
        for (const part of ["team", "clusterId"] as const)
          for (const [value, own] of Map.groupBy(amounts, (one) => one[part]))
            expect(sumCents(toWholeCents(own.toReversed()))).toBe(sumCents(rows.filter((one) => one[part] === value)));
        for (const cut of [totals.team, totals.workload, totals.pool, totals.model]) {
          expect(cut.reduce((sum, one) => sum + Math.round((one.cost ?? 0) * 100), 0)).toBe(cents);
          const byState = cut.flatMap((one) => Object.values(one.hours));
          expect(byState.reduce((sum, one) => sum + one, 0)).toBe(whole);
          const idle = cut.reduce((sum, one) => sum + Math.round((one.idleCost ?? 0) * 100), 0);
          expect(idle).toBe(Math.round(sumCents(rows.filter((one) => one.state === "held-idle")) * 100));
        }
      }),
    );
  });
  it("name who held, who is unknown, and what nobody held", () => {
    const base = {
      clusterId: 1,
      namespace: "",
      kind: "",
      name: "",
      team: "",
      model: "A100",
      pool: "a",
      deviceCount: 1,
      hours: 1,
      pricedHours: 1,
      cost: 1,
      activitySum: null,
      activitySeconds: null,
    };
    const totals = toTotals(
      [
        { ...base, state: "active", namespace: "ml", kind: "Deployment", name: "train", team: "ml" },
        { ...base, state: "active", kind: REST, name: REST },
        { ...base, state: "active" },
        { ...base, state: "free" },
        { ...base, state: "unavailable" },
      ],
      () => "prod",
    );
    expect(totals.workload.map(({ holder, name }) => [holder, name])).toEqual([
      ["held", "train"],
      ["unknown-owner", null],
      ["rest", null],
      ["free", null],
      ["unavailable", null],
    ]);
    expect(totals.team.map(({ holder, team, cost }) => [holder, team, cost])).toEqual([
      ["held", "ml", 1],
      ["unowned", null, 2],
      ["free", null, 1],
      ["unavailable", null, 1],
    ]);
  });
  it("without a price have hours and no cost", () => {
    const [free] = toTotals(
      [
        {
          clusterId: 1,
          namespace: "",
          kind: "",
          name: "",
          team: "",
          model: "A100",
          pool: "a",
          state: "free",
          deviceCount: 1,
          hours: 2,
          pricedHours: 0,
          cost: null,
          activitySum: null,
          activitySeconds: null,
        },
      ],
      () => "prod",
    ).pool;
    expect(free).toMatchObject({ cost: null, unpricedHours: 2, hours: { free: 2 } });
  });
});
