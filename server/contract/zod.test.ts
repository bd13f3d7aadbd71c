import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "./zod.ts";

it("is where every file of the contract gets zod from", () => {
  const files = readdirSync(import.meta.dirname).filter(
    (file) => file.endsWith(".ts") && !/^zod[.-]|\.test\./.test(file),
  );
  expect(files.length).toBeGreaterThan(10);
  const direct = files.filter((file) => readFileSync(join(import.meta.dirname, file), "utf8").includes('from "zod"'));
  expect(direct).toEqual([]);
});

it("gives names and no whole namespace, which would bring every language's texts into the browser", () => {
  expect(Object.keys(z)).not.toContain("locales");
  expect(z.string().safeParse(1).error?.issues[0]?.message).toBe("Invalid input: expected string, received number");
});
