import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CATALOGUE, messagesFor } from "./catalogue.ts";
import { chooseLocale } from "./locale.ts";
import { makeTranslate } from "./make-translate.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const parameters = (text: string) => new Set([...text.matchAll(/\{([^{}|]+)/g)].map(([, name]) => name));

describe("the catalogue", () => {
  it.each(Object.entries(CATALOGUE))("%s is written in both languages with the same parameters", (_key, { en, zh }) => {
    expect(en.trim()).not.toBe("");
    expect(zh.trim()).not.toBe("");
    expect(parameters(zh)).toEqual(parameters(en));
  });

  it("has no key twice", () => {
    const files = globSync("components/i18n/words/*.ts", { cwd: ROOT });
    const keys = files.flatMap((file) =>
      [...readFileSync(`${ROOT}${file}`, "utf8").matchAll(/^\s*"([^"]+)":/gm)].map(([, key]) => key),
    );
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    expect(keys.length).toBe(Object.keys(CATALOGUE).length);
  });

  it("has no key that nothing says", () => {
    const sources = globSync("{app,components}/**/*.{ts,tsx}", { cwd: ROOT })
      .filter((file) => !file.includes("i18n/words/") && !file.includes(".test."))
      .map((file) => readFileSync(`${ROOT}${file}`, "utf8"))
      .join("\n");
    // Keys are written out, or built in a template whose fixed parts surround one inserted word or more.
    const templates = [...sources.matchAll(/`([a-z][a-z0-9.-]*\$\{[^`]*)`/g)].map(
      ([, template = ""]) =>
        new RegExp(`^${template.replaceAll(/[.\\+*?^()[\]|]/g, "\\$&").replaceAll(/\$\{[^}]*\}/g, "[A-Za-z0-9-]+")}$`),
    );
    const areaTitle = /^[a-z]+\.title$/; // t(`${area}.title`) in the navigation
    const unsaid = Object.keys(CATALOGUE).filter(
      (key) => !sources.includes(`"${key}"`) && !areaTitle.test(key) && !templates.some((pattern) => pattern.test(key)),
    );
    expect(unsaid).toEqual([]);
  });
});

describe("a message", () => {
  const en = makeTranslate(messagesFor("en"), "en");
  const zh = makeTranslate(messagesFor("zh-CN"), "zh-CN");
  it("takes values and picks the word for a number", () => {
    expect(en("table.rows", { count: 1 })).toBe("1 row");
    expect(en("table.rows", { count: 12_000 })).toBe("12,000 rows");
    expect(zh("table.rows", { count: 1 })).toBe("1 行");
  });
});

describe("the language", () => {
  it.each([
    ["zh-CN", "en", "zh-CN"],
    [undefined, "zh-TW,en;q=0.8", "zh-CN"],
    [undefined, "de,en;q=0.5,zh;q=0.9", "zh-CN"],
    [undefined, "de", "en"],
    [undefined, null, "en"],
    ["tlh", "en", "en"],
  ])("chosen %s and accepted %s is %s", (chosen, accepted, locale) =>
    expect(chooseLocale(chosen, accepted)).toBe(locale),
  );
});
