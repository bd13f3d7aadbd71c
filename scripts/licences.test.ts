import { describe, expect, it } from "vitest";
import { isAllowed, judgeLicences } from "./licences.ts";
import { readLock } from "./read-lock.ts";

describe("licences", () => {
  it("are known and allowed for every dependency", () => {
    const judged = judgeLicences(readLock().packages);
    expect(judged.length).toBeGreaterThan(500);
    expect(judged.filter((one) => !one.isAllowed).map(({ package: one }) => `${one.name}: ${one.license}`)).toEqual([]);
  });

  it.each([
    ["MIT", true],
    ["(MIT OR GPL-3.0-or-later)", true],
    ["MIT AND GPL-3.0-or-later", false],
    ["(MIT AND Zlib) OR GPL-3.0-only", true],
    ["MIT OR (GPL-3.0-only AND", false],
    ["MIT Apache-2.0", false],
    ["SEE LICENSE IN LICENSE.md", false],
    ["", false],
  ])("of the form %s: %s", (expression, expected) => expect(isAllowed(expression)).toBe(expected));

  it("that are allowed for one package are not for another", () => {
    expect(isAllowed("LGPL-3.0-or-later", "@img/sharp-libvips-linux-x64")).toBe(true);
    expect(isAllowed("LGPL-3.0-or-later", "somebody-else")).toBe(false);
  });
});
