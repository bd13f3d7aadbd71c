import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CostShareRow } from "../store/sql/read-cost-split.ts";
import { computeOverviewCost, splitRunRate } from "./compute-cost.ts";

const AT = new Date("2026-11-22T10:00:00Z");
const nodes = (clusterId: number, costPerHour: number | null) => ({
  clusterId,
  nodeCount: 3,
  readyCount: 3,
  pricedCount: costPerHour === null ? 0 : 3,
  costPerHour,
});
const share = (
  clusterId: number,
  kind: string,
  team: string,
  cost: number | null,
  clusterCost: number,
): CostShareRow => ({
  clusterId,
  at: AT,
  share: kind,
  team,
  cost,
  clusterCost,
});

describe("the split of the run-rate", () => {
  it("adds up to the nodes, whatever the shares of the hour were", () => {
    const part = fc.record({
      kind: fc.constantFrom("used", "requested-unused", "requested-unmeasured", "unallocated", "overhead"),
      team: fc.constantFrom("", "a", "b", "c"),
      cost: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
    });
    const cluster = fc.record({
      costPerHour: fc.double({ min: 0, max: 1e6, noNaN: true }),
      parts: fc.array(part, { maxLength: 12 }),
    });
    fc.assert(
      fc.property(fc.array(cluster, { maxLength: 5 }), (clusters) => {
        const rows = clusters.flatMap(({ parts }, id) => {
          const total = parts.reduce((sum, entry) => sum + entry.cost, 0);
          return parts.map((entry) => share(id, entry.kind, entry.team, entry.cost, total));
        });
        const all = clusters.map((entry, id) => nodes(id, entry.costPerHour));
        const expected = clusters.reduce((sum, entry) => sum + entry.costPerHour, 0);
        const actual = splitRunRate(all, rows, false).reduce((sum, entry) => sum + entry.costPerHour, 0);
        expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, expected));
      }),
    );
  });
  it("keeps the nodes of a cluster without a costed hour apart, as not split", () => {
    expect(splitRunRate([nodes(1, 6)], [], false)).toEqual([{ owner: "unsplit", team: null, costPerHour: 6 }]);
    expect(splitRunRate([nodes(1, 6)], [], true)).toEqual([]);
  });
  it("says nothing of a cluster whose nodes have no price", () => {
    expect(splitRunRate([nodes(1, null)], [share(1, "used", "a", 1, 1)], false)).toEqual([]);
  });
  it("names what nobody owns and what nobody requested by different words", () => {
    const rows = [share(1, "used", "", 1, 4), share(1, "unallocated", "", 2, 4), share(1, "overhead", "", 1, 4)];
    expect(splitRunRate([nodes(1, 4)], rows, false).map((part) => [part.owner, part.costPerHour])).toEqual([
      ["unallocated", 2],
      ["shared", 1],
      ["unowned", 1],
    ]);
  });
});

describe("the run-rate of a fleet", () => {
  it("is unknown, never 0, while no cluster has been read", () => {
    const answer = computeOverviewCost([], [], [], "USD", false, "unreachable");
    expect(answer.costPerHour).toEqual({ state: "unknown", unit: "money/h:USD", reason: "unreachable" });
    expect(answer.costPerMonth).toEqual({ state: "unknown", unit: "money:USD", reason: "unreachable" });
  });
  it("is the sum of the priced nodes once some were read", () => {
    const answer = computeOverviewCost([], [nodes(1, 6), nodes(2, 1.5)], [], "USD", false, null);
    expect(answer.costPerHour).toMatchObject({ state: "value", value: 7.5 });
  });
});
