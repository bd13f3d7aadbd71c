import * as client from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";

type Attribute = { readonly baseName: string; readonly type: string };
type Model = { readonly getAttributeTypeMap: () => readonly Attribute[] };
const models: ReadonlyMap<string, unknown> = new Map(Object.entries(client));

function isModel(value: unknown): value is Model {
  return typeof value === "function" && "getAttributeTypeMap" in value;
}

/** Every field below a kind with its type, as the official client was generated from the server's OpenAPI. */
function fieldsOf(version: string, name: string, path = "", above: readonly string[] = []): string[] {
  const model = models.get(name);
  if (!isModel(model) || above.includes(name)) return [`${path}: ${name.replace(version, "")}`];
  return model.getAttributeTypeMap().flatMap(({ baseName, type }) => {
    const own = /\b(?:V\d\w*|CoreV1\w*)\b/.exec(type)?.[0];
    const at = `${path}.${baseName}${type.startsWith("Array<") ? "[]" : ""}`;
    return own === undefined ? [`${at}: ${type}`] : fieldsOf(version, own, at, [...above, name]);
  });
}

describe("objects of dynamic resource allocation, which no recorded server serves in v1beta2", () => {
  it.each(["DeviceClass", "ResourceClaimTemplate"])("%s has the fields of v1 in it", (kind) => {
    const v1 = fieldsOf("V1", `V1${kind}`);
    expect(v1.length).toBeGreaterThan(20);
    expect(fieldsOf("V1beta2", `V1beta2${kind}`)).toEqual(v1);
  });
  it("ResourceClaimTemplate does not have those of v1beta1: the comparison can fail", () => {
    const beta1 = fieldsOf("V1beta1", "V1beta1ResourceClaimTemplate");
    expect(beta1).toContain(".spec.spec.devices.requests[].deviceClassName: string");
    expect(beta1).not.toEqual(fieldsOf("V1", "V1ResourceClaimTemplate"));
  });
});
