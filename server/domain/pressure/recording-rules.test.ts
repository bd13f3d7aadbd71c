import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { pressureRecordingRules, recordedName } from "./recording-rules.ts";

type Rule = { readonly record: string; readonly expr: string };

describe("the recording rules", () => {
  const manifest = parse(pressureRecordingRules()) as { kind: string; spec: { groups: { rules: Rule[] }[] } };
  const rules = manifest.spec.groups.flatMap((group) => group.rules);
  it("are one manifest with a rule for each resource and kind of stall", () => {
    expect(manifest.kind).toBe("PrometheusRule");
    expect(rules.map(({ record }) => record)).toEqual(
      ["cpu", "memory", "io"].flatMap((resource) =>
        ["waiting", "stalled"].map((kind) =>
          recordedName(resource as "cpu" | "memory" | "io", kind as "waiting" | "stalled"),
        ),
      ),
    );
  });
  it("take the worst of a pod and never a sum", () => {
    for (const { expr } of rules) expect(expr).toMatch(/^max by \(namespace, pod\) \(rate\(.*\[5m\]\)\)$/);
  });
});
