import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CostGroupRow } from "../store/sql/read-cost-groups.ts";
import { COST_PARTS, sumCostRows, toCostRows } from "./cost-rows.ts";

const SHARES = ["used", "requested-unused", "requested-unmeasured", "unallocated", "overhead"] as const;
const groupRow = fc
  .record({
    clusterId: fc.integer({ min: 1, max: 3 }),
    team: fc.constantFrom("", "a", "b", "c"),
    share: fc.constantFrom(...SHARES),
    cost: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true }), { nil: null }),
  })
  .map(
    (row): CostGroupRow => ({
      ...row,
      team: row.share === "unallocated" || row.share === "overhead" ? "" : row.team,
      namespace: null,
      kind: null,
      name: null,
      pool: null,
      resource: null,
      label: null,
      isRest: false,
      holderCount: 1,
      unpricedNodeHours: 0,
    }),
  );
const rows = fc.array(groupRow, { maxLength: 40 });
const clusterName = (id: number) => `cluster-${id}`;
const cents = (amount: number) => Math.round(amount * 100);

describe("rows of the cost table", () => {
  it.each(["none", "even", "proportional"] as const)(
    "add up to the cent, by row and by column (shared: %s)",
    (rule) => {
      fc.assert(
        fc.property(rows, fc.integer({ min: 2, max: 6 }), (groups, limit) => {
          const table = toCostRows(groups, { group: "team", rule, limit, clusterName });
          const total = sumCostRows(table);
          const whole = groups.reduce((sum, group) => sum + (group.cost ?? 0), 0);
          expect(Math.abs(cents(total.cost) - whole * 100)).toBeLessThanOrEqual(0.51);
          for (const row of table)
            expect(COST_PARTS.reduce((sum, part) => sum + cents(row[part]), 0)).toBe(cents(row.cost));
          expect(COST_PARTS.reduce((sum, part) => sum + cents(total[part]), 0)).toBe(cents(total.cost));
          expect(table.length).toBeLessThanOrEqual(limit);
        }),
      );
    },
  );
  it("puts what the database left out into the last row, with what the list leaves out itself", () => {
    const base = {
      namespace: null,
      kind: null,
      name: null,
      pool: null,
      resource: null,
      label: null,
      unpricedNodeHours: 0,
    };
    const held = (team: string, cost: number) => ({
      ...base,
      clusterId: 1,
      team,
      share: "used",
      cost,
      isRest: false,
      holderCount: 1,
    });
    const table = toCostRows(
      [
        held("a", 3),
        { ...held("", 40), isRest: true },
        held("b", 2),
        { ...held("", 50), clusterId: 2, share: "requested-unused", isRest: true },
        held("c", 1),
      ],
      { group: "workload", rule: "none", limit: 3, clusterName },
    );
    expect(table.map(({ holder, team, cluster, used, cost }) => ({ holder, team, cluster, used, cost }))).toEqual([
      { holder: "team", team: "a", cluster: "cluster-1", used: 3, cost: 3 },
      { holder: "team", team: "b", cluster: "cluster-1", used: 2, cost: 2 },
      { holder: "rest", team: null, cluster: null, used: 41, cost: 91 },
    ]);
  });
  it("gives each of many holders that stand in one row its even part", () => {
    const base = {
      namespace: null,
      kind: null,
      name: null,
      pool: null,
      resource: null,
      label: null,
      unpricedNodeHours: 0,
    };
    const row = { ...base, clusterId: 1, team: "", share: "used", cost: 1, isRest: false, holderCount: 1 };
    const table = toCostRows(
      [
        { ...row, team: "a" },
        { ...row, cost: 6, isRest: true, holderCount: 3 },
        { ...row, share: "unallocated", cost: 8 },
      ],
      { group: "workload", rule: "even", limit: 3, clusterName },
    );
    expect(table.map(({ holder, shared, cost }) => ({ holder, shared, cost }))).toEqual([
      { holder: "team", shared: 2, cost: 3 },
      { holder: "rest", shared: 6, cost: 12 },
    ]);
  });
  it("keeps shared cost inside its cluster", () => {
    const base = {
      namespace: null,
      kind: null,
      name: null,
      pool: null,
      resource: null,
      label: null,
      isRest: false,
      holderCount: 1,
      unpricedNodeHours: 0,
    };
    const table = toCostRows(
      [
        { ...base, clusterId: 1, team: "a", share: "used", cost: 10 },
        { ...base, clusterId: 1, team: "", share: "unallocated", cost: 6 },
        { ...base, clusterId: 2, team: "b", share: "used", cost: 1 },
      ],
      { group: "team", rule: "proportional", limit: 10, clusterName },
    );
    expect(table.map(({ team, shared, cost }) => ({ team, shared, cost }))).toEqual([
      { team: "a", shared: 6, cost: 16 },
      { team: "b", shared: 0, cost: 1 },
    ]);
  });
});
