import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { STORIES } from "./stories.ts";

const SPECS = new URL("../../e2e/", import.meta.url);

it("every story is looked for by a browser test that names it", () => {
  const specs = readdirSync(SPECS)
    .filter((name) => name.endsWith(".e2e.ts"))
    .map((name) => readFileSync(new URL(name, SPECS), "utf8"));
  const untold = STORIES.filter(({ id }) => !specs.some((text) => text.includes(`"${id}"`)));
  expect(untold.map(({ id }) => id)).toEqual([]);
});
