import { describe, expect, it, vi } from "vitest";
import type { GateCell, GateRow } from "#server/contract/gates.ts";
import { featureDetailOptions, featureKeys } from "./features-queries.ts";
import { cellOf } from "./gates-queries.ts";
import { checklistUrl } from "./upgrade-queries.ts";

const CELL: GateCell = {
  state: "on",
  isOnByDefault: true,
  stage: "Beta",
  isLocked: false,
  explicit: { how: "no" },
  source: "component-metrics",
  isInferred: false,
  isConsulted: true,
  reason: null,
};
const ROW: GateRow = {
  gate: "NodeSwap",
  isInCatalogue: true,
  kep: 2400,
  components: ["kubelet"],
  cells: [0, -1],
  drift: [],
  fleetDrift: null,
  isSetExplicitly: false,
  differsFromDefault: false,
  vanishesByTarget: null,
};

describe("a cell of the gate matrix", () => {
  it("comes out of the palette; none where no version of the cluster knows the gate", () => {
    expect(cellOf({ palette: [CELL] }, ROW, 0)).toBe(CELL);
    expect(cellOf({ palette: [CELL] }, ROW, 1)).toBeNull();
    expect(cellOf({ palette: [CELL] }, ROW, 2)).toBeNull();
  });
});

describe("keys", () => {
  it("go from broad to narrow, so that one invalidation reaches all of an area", () => {
    const query = { include: "named", trendDays: 30, limit: 100 } as const;
    expect(featureKeys.list(query).slice(0, 2)).toEqual([...featureKeys.lists()]);
    expect(featureDetailOptions("node-swap", { trendDays: 30 }).queryKey.slice(0, 1)).toEqual([...featureKeys.all]);
  });
});

describe("addresses", () => {
  it("keep names from changing the path", async () => {
    const fetched: string[] = [];
    vi.stubGlobal("fetch", async (url: string) => {
      fetched.push(url);
      return new Response("{}", { status: 404 });
    });
    const { queryFn } = featureDetailOptions("../clusters?x=", { trendDays: 0 });
    if (typeof queryFn !== "function") throw new Error("no query function");
    await expect(Promise.resolve(queryFn({ signal: new AbortController().signal } as never))).rejects.toThrow();
    vi.unstubAllGlobals();
    expect(fetched).toEqual(["/api/v1/features/..%2Fclusters%3Fx%3D?trendDays=0"]);
    expect(checklistUrl("csv", { cluster: "a&b", language: "zh" })).toBe(
      "/api/v1/upgrade/checklist.csv?cluster=a%26b&language=zh",
    );
  });
});
