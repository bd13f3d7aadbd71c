import { describe, expect, it } from "vitest";
import { toCatalogueText, toReleasesText } from "./refresh-gate-catalogue.ts";

const gate = {
  name: "NodeSwap",
  history: [
    { version: "1.22", stage: "Alpha", default: false, locked: false },
    { version: "1.34", stage: "GA", default: true, locked: true },
  ],
  removedIn: null,
  kep: 2400,
  components: ["kubelet"],
  dependsOn: [],
  knownSince: "1.22",
};
const source = (gates: unknown[], more: object = {}) =>
  JSON.parse(JSON.stringify({ newestVersion: "1.37", sources: [], caveats: [], gates, ...more }));

describe("the catalogue script", () => {
  it("writes one compact line per gate", () => {
    const text = toCatalogueText(source([gate]));
    expect(JSON.parse(text).gates).toEqual([
      {
        name: "NodeSwap",
        history: ["1.22 Alpha-", "1.34 GA+L"],
        kep: 2400,
        components: ["kubelet"],
        knownSince: "1.22",
      },
    ]);
  });
  it("keeps planned removals from the caveats", () => {
    const caveats = ["Known in 1.37 but gone from the 1.38 development branch: NodeSwap."];
    expect(JSON.parse(toCatalogueText(source([gate], { caveats }))).plannedRemovals).toEqual({ "1.38": ["NodeSwap"] });
  });
  it.each([
    ["a gate listed twice", [gate, gate], "listed twice"],
    ["an unknown stage", [{ ...gate, history: [{ ...gate.history[0], stage: "Gamma" }] }], 'unknown stage "Gamma"'],
    ["rows out of order", [{ ...gate, history: [...gate.history].reverse() }], "out of order"],
    ["an unknown component", [{ ...gate, components: ["kubectl"] }], "kubectl"],
    ["a default that is no flag", [{ ...gate, history: [{ ...gate.history[0], default: "yes" }] }], "true or false"],
  ])("refuses %s", (_what, gates, message) => {
    expect(() => toCatalogueText(source(gates))).toThrow(message);
  });
  it("refuses a day that is none", () => {
    expect(() => toReleasesText(source([], { minors: [{ minor: "1.34", releaseDate: "soon" }] }))).toThrow("no day");
  });
});
