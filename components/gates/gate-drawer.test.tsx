import { cleanup, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { GateCell, GateColumn, GateList, GateRow } from "#server/contract/gates.ts";
import { gateChangesQuery, gateKeys } from "../data/gates-queries.ts";
import { renderWithReader } from "../testing.tsx";
import { GateDrawer } from "./gate-drawer.tsx";

vi.mock("next/navigation", () => ({
  usePathname: () => "/gates",
  useRouter: () => ({ push: () => undefined, replace: () => undefined }),
  useSearchParams: () => new URLSearchParams(),
}));
afterEach(cleanup);

const GATE = "NodeSwap";
const read = {
  isOnByDefault: true,
  stage: "Beta",
  isLocked: false,
  explicit: { how: "not-visible" },
  source: "component-metrics",
  isInferred: false,
  isConsulted: true,
  reason: null,
} as const satisfies Omit<GateCell, "state">;
const palette: readonly GateCell[] = [
  { ...read, state: "on" },
  { ...read, state: "off", explicit: { how: "visible", isOn: false, source: "configz" } },
  { ...read, state: "removed-always-on", stage: null, isOnByDefault: null, source: "catalogue", isInferred: true },
  { ...read, state: "removed-gone", stage: null, isOnByDefault: null, source: "catalogue", isInferred: true },
  { ...read, state: "not-known", stage: null, isOnByDefault: null },
  { ...read, state: "not-exposed", source: "catalogue", reason: "not-exposed" },
  { ...read, state: "unknown", source: "catalogue", reason: "forbidden" },
];
const column = (index: number): GateColumn => ({
  cluster: "prod",
  group: `kubelet:pool-${index}:1.34.9`,
  label: `pool-${index}`,
  component: "kubelet",
  version: "1.34.9",
  pool: `pool-${index}`,
  instanceCount: 3,
  instances: [`node-${index}-a`, `node-${index}-b`],
  isRead: true,
  reason: null,
  readAt: "2026-11-22T05:00:00.000Z",
});
const row: GateRow = {
  gate: GATE,
  isInCatalogue: true,
  kep: 2400,
  components: ["kubelet"],
  cells: [...palette.keys(), -1],
  drift: [],
  fleetDrift: null,
  isSetExplicitly: true,
  differsFromDefault: true,
  vanishesByTarget: null,
};
const list: GateList = {
  items: [row],
  nextCursor: null,
  total: 1,
  columns: row.cells.map((_cell, index) => column(index)),
  palette: [...palette],
  clusters: [{ name: "prod", minor: "1.34", takenAt: null }],
  targets: [],
  counts: { drift: 0, fleet: 0, explicit: 1, differs: 1, vanishes: null, unlisted: 0 },
  coverage: {
    clusters: { covered: 1, of: 1 },
    nodes: { covered: 3, of: 3 },
    oldestAt: null,
    newestAt: null,
    missing: [],
    isDemo: false,
  },
};

describe("the second click on a cell", () => {
  it.each([
    [0, "on", /On/, /\/metrics of the component/],
    [1, "off", /Off/, /configz/],
    [2, "removed, always on", /Removed, always on/, /catalogue/i],
    [3, "removed, gone", /Removed, gone/, /catalogue/i],
    [4, "not known", /Not known by this version/, /\/metrics of the component/],
    [5, "not exposed", /Not exposed/, /not-exposed|not exposed/i],
    [6, "unknown", /Unknown/, /forbidden/],
    [7, "known by no version of the cluster", /No version of this cluster knows it/, /–/],
  ])("explains cell %i, which is %s: state, source or reason, and which nodes", (index, _name, state, why) => {
    renderWithReader(
      <GateDrawer list={list} row={row} column={list.columns[index] ?? null} clusters={[]} onClose={() => undefined} />,
      { cached: [[gateKeys.changes(gateChangesQuery([], GATE)), { items: [], isCut: false }]] },
    );
    const chosen = screen.getByRole("heading", { name: new RegExp(`pool-${index} `) }).closest("section");
    if (chosen === null) throw new Error("the chosen cell is not explained");
    const told = within(chosen);
    expect(told.getAllByText(state).length).toBeGreaterThan(0);
    expect(chosen.textContent).toMatch(why);
    // Two of three names: more are there than are told.
    expect(chosen.textContent).toContain(`node-${index}-a, node-${index}-b, …`);
  });
});
