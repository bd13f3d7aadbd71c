import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

it("is where every file of the contract gets zod from", () => {
  const files = readdirSync(import.meta.dirname).filter(
    (file) => file.endsWith(".ts") && !/^zod\.|\.test\./.test(file),
  );
  expect(files.length).toBeGreaterThan(10);
  const direct = files.filter((file) => readFileSync(join(import.meta.dirname, file), "utf8").includes('from "zod"'));
  expect(direct).toEqual([]);
});
