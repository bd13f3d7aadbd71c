import { describe, expect, it } from "vitest";
import { readLock } from "./read-lock.ts";
import { purlOf, toSbom } from "./sbom.ts";

const tree = readLock();
const sbom = toSbom(tree);

describe("the bill of materials", () => {
  it("holds every package of the lock file once, with address, hash and licence", () => {
    const references = sbom.components.map((one) => one["bom-ref"]);
    expect(new Set(references).size).toBe(tree.packages.length);
    for (const one of sbom.components) {
      expect(one.purl).toMatch(/^pkg:npm\/(?:%40[^/@]+\/)?[^/@]+@[^@]+$/);
      expect(one.licenses ?? []).toHaveLength(one.name === "buffers" ? 0 : 1);
      for (const { alg, content } of one.hashes ?? [])
        expect(content).toMatch(alg === "SHA-512" ? /^[0-9a-f]{128}$/ : /^[0-9a-f]{40,96}$/);
    }
  });

  it("says what depends on what, and of nothing that is not in it", () => {
    const references = new Set<string | undefined>([
      sbom.metadata.component["bom-ref"],
      ...sbom.components.map((one) => one["bom-ref"]),
    ]);
    const dependencies = new Map(sbom.dependencies.map((one) => [one.ref, one.dependsOn]));
    expect(dependencies.size).toBe(references.size);
    for (const reference of [...dependencies.values()].flat()) expect(references).toContain(reference);
    const reached = new Set<string | undefined>([sbom.metadata.component["bom-ref"]]);
    for (const reference of reached) for (const next of dependencies.get(reference) ?? []) reached.add(next);
    expect(reached.size).toBe(references.size); // nothing stands there that nobody asked for
  });

  it("resolves a dependency to the nearest copy, as Node does", () => {
    const text = JSON.stringify({
      name: "x",
      version: "1.0.0",
      packages: {
        "": { dependencies: { a: "1", b: "1" } },
        "node_modules/a": { version: "1.0.0", license: "MIT", dependencies: { b: "2" } },
        "node_modules/a/node_modules/b": { version: "2.0.0", license: "MIT" },
        "node_modules/b": { version: "1.0.0", license: "MIT", dev: true },
      },
    });
    const { components, dependencies } = toSbom(readLock(text));
    expect(dependencies.map((one) => one.dependsOn.map((reference) => reference.split("#")[1]))).toEqual([
      ["node_modules/a", "node_modules/b"],
      ["node_modules/a/node_modules/b"],
      [],
      [],
    ]);
    expect(components.map((one) => one.scope)).toEqual(["required", "required", "excluded"]);
  });

  it("is the same for the same lock file, and another for another", () => {
    expect(toSbom(readLock())).toEqual(sbom);
    expect(toSbom({ ...tree, version: "9.9.9" }).serialNumber).not.toBe(sbom.serialNumber);
    expect(sbom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("writes scopes as addresses do", () =>
    expect(purlOf({ name: "@types/node", version: "1.0.0+x" })).toBe("pkg:npm/%40types/node@1.0.0%2Bx"));
});
