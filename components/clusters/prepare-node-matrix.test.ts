import { describe, expect, it } from "vitest";
import type { NodePoolZone } from "#server/contract/clusters.ts";
import { prepareNodeMatrix } from "./prepare-node-matrix.ts";

const UNKNOWN = { state: "unknown", unit: "number", reason: "partial" } as const;
const group = (pool: string | null, zone: string | null, nodeCount: number, readyCount = nodeCount): NodePoolZone => ({
  pool,
  zone,
  nodeCount,
  readyCount,
  readinessUnknownCount: 0,
  cordonedCount: 0,
  cpuCoresAllocatable: UNKNOWN,
  memoryBytesAllocatable: UNKNOWN,
  instanceTypes: [],
  capacityTypes: [],
  kubeletVersions: [],
  costPerHour: UNKNOWN,
});

describe("nodes by pool and zone", () => {
  const matrix = prepareNodeMatrix([
    group("general", "b", 4, 3),
    group(null, "a", 1),
    group("general", "a", 2),
    group("gpu", null, 5),
  ]);

  it("puts what has no label last, on both sides", () => {
    expect(matrix.zones).toEqual(["a", "b", null]);
    expect(matrix.rows.map(({ pool }) => pool)).toEqual(["general", "gpu", null]);
  });
  it("keeps a pool without nodes in a zone apart from zero nodes", () => {
    expect(matrix.rows[1]?.cells).toMatchObject([null, null, { nodeCount: 5 }]);
  });
  it("adds up to the same whole along rows and columns", () => {
    const sum = (cells: readonly { readonly nodeCount: number }[]) =>
      cells.reduce((whole, { nodeCount }) => whole + nodeCount, 0);
    expect(sum(matrix.totals)).toBe(12);
    expect(sum(matrix.rows.map(({ total }) => total))).toBe(12);
    expect(matrix.total).toMatchObject({ nodeCount: 12, readyCount: 11 });
  });
});
