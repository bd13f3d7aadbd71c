import { describe, expect, it } from "vitest";
import type { GateColumn, GateRow } from "#server/contract/gates.ts";
import { chooseColumns, filterGates, isDrifting } from "./gate-facts.ts";

const aRow = (row: Partial<GateRow> = {}): GateRow => ({
  gate: "NodeSwap",
  isInCatalogue: true,
  kep: 2400,
  components: ["kubelet"],
  cells: [0, 0],
  drift: [],
  fleetDrift: null,
  isSetExplicitly: false,
  differsFromDefault: false,
  vanishesByTarget: null,
  ...row,
});
const aColumn = (column: Partial<GateColumn> = {}): GateColumn => ({
  cluster: "prod-us",
  group: "kubelet:general",
  label: "general",
  component: "kubelet",
  version: "1.34.9",
  pool: "general",
  instanceCount: 5,
  instances: [],
  isRead: true,
  reason: null,
  readAt: null,
  ...column,
});

describe("the quick filters of the gate matrix", () => {
  const fleetDrift = { on: ["prod-eu"], off: ["onprem-1"], mixed: [], isWithinOneMinor: false };
  const drift = [
    {
      cluster: "prod-us",
      kind: "node-group" as const,
      cause: "setting" as const,
      on: ["kubelet:general"],
      off: ["kubelet:memory"],
    },
  ];
  const rows = [
    aRow({ gate: "Plain" }),
    aRow({ gate: "BetweenClusters", fleetDrift }),
    aRow({ gate: "Within", drift }),
    aRow({ gate: "Gone", vanishesByTarget: true, isSetExplicitly: true }),
    aRow({ gate: "VendorOnly", isInCatalogue: false }),
  ];
  it.each([
    ["all", 5],
    ["drift", 1],
    ["fleet", 1],
    ["explicit", 1],
    ["vanishes", 1],
    ["unlisted", 1],
    ["differs", 0],
  ] as const)("%s leaves %i rows", (only, count) => {
    expect(filterGates(rows, only, "")).toHaveLength(count);
  });
  it("counts clusters of one minor that disagree as drift, those of different minors not", () => {
    const alike = aRow({ fleetDrift: { ...fleetDrift, isWithinOneMinor: true } });
    expect(filterGates([...rows, alike], "drift", "")).toHaveLength(2);
  });
  it("searches within the filter, in any case", () => {
    expect(filterGates(rows, "drift", "WITH").map(({ gate }) => gate)).toEqual(["Within"]);
  });
  it("rings only the groups that take part, in the cluster where they disagree", () => {
    const row = aRow({ drift });
    expect(isDrifting(row, aColumn())).toBe(true);
    expect(isDrifting(row, aColumn({ group: "kubelet:gpu" }))).toBe(false);
    expect(isDrifting(row, aColumn({ cluster: "prod-eu" }))).toBe(false);
  });
});

describe("columns of chosen components", () => {
  it("keep their place in the cells", () => {
    const columns = [aColumn({ component: "kube-apiserver" }), aColumn()];
    expect(chooseColumns({ columns }, ["kubelet"]).map(({ index }) => index)).toEqual([1]);
    expect(chooseColumns({ columns }, [])).toHaveLength(2);
  });
});
