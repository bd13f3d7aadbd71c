import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordedText } from "../../testing/replay/recorded-cluster.ts";
import { dropManagedFields } from "./drop-managed-fields.ts";

function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(emptied);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "managedFields" && Array.isArray(inner) ? [] : emptied(inner),
    ]),
  );
}
const parsed = (text: string): unknown => JSON.parse(dropManagedFields(Buffer.from(text)).toString("utf8"));

describe("dropping managed fields", () => {
  it.each([
    "core-v1-pods.json",
    "core-v1-nodes.json",
    "apps_v1_deployments.json",
    "rbac.authorization.k8s.io_v1_clusterroles.json",
  ])("leaves everything else of %s as it was", (file) => {
    const text = recordedText(file);
    expect(parsed(text)).toEqual(emptied(JSON.parse(text)));
    expect(dropManagedFields(Buffer.from(text)).byteLength).toBeLessThan(text.length);
  });

  it("is not misled by strings", () => {
    const value = { note: '"managedFields":[', managedFields: [{ 'k:{"a":"]"}': "\\", deep: [["]"]] }], after: "]\\" };
    expect(parsed(JSON.stringify(value))).toEqual({ ...value, managedFields: [] });
  });

  it("means the same for any JSON", () => {
    const key = fc.oneof(fc.constant("managedFields"), fc.string({ maxLength: 5 }));
    const leaf = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom("]", "[", '"managedFields":[', "\\"),
      fc.integer(),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(key, tie("tree"), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const text = JSON.stringify(value);
        expect(parsed(text)).toEqual(emptied(JSON.parse(text)));
      }),
      { numRuns: 500 },
    );
  });

  it.each(["", "{", '{"managedFields":[', '{"managedFields":["x'])(
    "leaves the broken text %j to the parser",
    (text) => {
      expect(dropManagedFields(Buffer.from(text)).toString("utf8")).toBe(text);
    },
  );
});
