import { describe, expect, it } from "vitest";
import type { UpgradePlan } from "#server/contract/upgrade.ts";
import { passedKinds } from "./passed-kinds.ts";

const anItem = (item: Partial<UpgradePlan["items"][number]>): UpgradePlan["items"][number] => ({
  id: "x",
  kind: "drain",
  severity: "review",
  key: "x",
  params: {},
  text: { en: "", zh: "" },
  fix: null,
  count: 1,
  atMinor: "1.35",
  evidence: [],
  evidenceTotal: 0,
  ...item,
});

describe("what passed", () => {
  it("leaves out every subject in which something was found", () => {
    const passed = passedKinds({
      items: [anItem({ kind: "skew" })],
      coverage: { read: 8, of: 8, missing: [], missingText: [], partial: [] },
    });
    expect(passed).not.toContain("skew");
    expect(passed).toContain("drain");
  });
  it("does not call a subject passed that nobody could look at", () => {
    const coverage = { read: 7, of: 8, missing: ["podDisruptionBudgets: forbidden"], missingText: [], partial: [] };
    const passed = passedKinds({ items: [], coverage });
    expect(passed).not.toContain("drain");
    expect(passed).not.toContain("reading");
    expect(passed).toContain("etcd");
  });
  it("keeps a subject with nothing but information", () => {
    const items = [anItem({ kind: "runtime", severity: "info" })];
    expect(passedKinds({ items, coverage: { read: 8, of: 8, missing: [], missingText: [], partial: [] } })).toContain(
      "runtime",
    );
  });
});
