import { describe, expect, it } from "vitest";
import { aSnapshot, aVersion, componentsAt } from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { findGate } from "../../gates/catalogue.ts";
import { genericGateCheck } from "./generic-gate.ts";

function check(name: string) {
  const gate = findGate(name);
  if (gate === null) throw new Error(`${name} is missing`);
  return genericGateCheck(gate);
}

describe("a gate without a check of its own", () => {
  it.each([
    ["KubeletTracing", "1.34", {}, "always-on"],
    ["SidecarContainers", "1.37", {}, "always-on"],
    ["WatchList", "1.34", {}, "not-exposed"],
    ["WatchList", "1.34", { WatchList: false }, "off"],
    ["PodsAPI", "1.34", {}, "not-available"],
    ["LegacySidecarContainers", "1.36", {}, "not-available"],
  ] as const)("%s on %s with %j is %s", (name, minor, overrides, verdict) => {
    const components = componentsAt(minor, overrides);
    expect(judge(check(name), aSnapshot({ version: aVersion(minor), components })).verdict).toBe(verdict);
  });
  it("is blocked while a gate that it depends on is off", () => {
    const components = componentsAt("1.34", { DRAConsumableCapacity: true, DynamicResourceAllocation: false });
    expect(judge(check("DRAConsumableCapacity"), aSnapshot({ components })).verdict).toBe("blocked");
  });
  it("stays unknown where components are forbidden", () => {
    expect(judge(check("WatchList"), aSnapshot({}, { components: "forbidden" })).verdict).toBe("unknown");
  });
});
