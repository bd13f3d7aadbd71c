import { describe, expect, it } from "vitest";
import type { Overview } from "#server/contract/overview.ts";
import { groupGaps } from "./gap-groups.ts";
import { byUrgency, countVerdicts, verdictCounts } from "./readiness-order.ts";

const feature = (name: string, byVerdict: Overview["readiness"]["features"][number]["byVerdict"]) => ({
  feature: name,
  title: { en: name, zh: name },
  byVerdict,
  clusterCount: 3,
  adoptedCount: null,
  adoptableCount: null,
});

describe("features by urgency", () => {
  it("puts drift before what is in use, and what does not apply last", () => {
    const rows = [
      feature("calm", { effective: 3 }),
      feature("absent", { "not-applicable": 3 }),
      feature("torn", { effective: 2, drift: 1 }),
    ];
    expect(byUrgency(rows).map((row) => row.feature)).toEqual(["torn", "calm", "absent"]);
    expect(verdictCounts(feature("torn", { effective: 2, drift: 1 }))).toEqual([
      { verdict: "drift", count: 1 },
      { verdict: "effective", count: 2 },
    ]);
  });

  it("counts every pair of feature and cluster once", () => {
    const counts = countVerdicts([feature("a", { off: 1, effective: 2 }), feature("b", { off: 3 })]);
    expect(counts).toEqual([
      { verdict: "effective", count: 2 },
      { verdict: "off", count: 4 },
    ]);
  });
});

describe("gaps in groups", () => {
  const gap = (cluster: string, source: string, code: "grant-rbac" | "wait") => ({
    cluster,
    source,
    kind: "api-resource" as const,
    status: "failed" as const,
    reason: "forbidden" as const,
    detail: null,
    fix: { code },
    objectCount: 0,
    expectedCount: null,
    skippedCount: 0,
    receivedBytes: 0,
    queryCount: 1,
    durationSeconds: 0,
    readKind: "inventory" as const,
    attemptedAt: "2026-11-22T00:00:00.000Z",
    lastOkAt: null,
  });
  it("joins what has one cluster, one reason and one fix, and nothing else", () => {
    const groups = groupGaps([
      gap("a", "one", "grant-rbac"),
      gap("a", "two", "grant-rbac"),
      gap("a", "three", "wait"),
      gap("b", "one", "grant-rbac"),
    ]);
    expect(groups.map(({ cluster, fix, gaps }) => [cluster, fix, gaps.length])).toEqual([
      ["a", "grant-rbac", 2],
      ["a", "wait", 1],
      ["b", "grant-rbac", 1],
    ]);
  });
});
