import { describe, expect, it } from "vitest";
import { compileAnchored, expandTemplate, RegexpSyntaxError } from "./go-regexp.ts";

describe("an anchored RE2 pattern", () => {
  it.each([
    ["a|b", "b", true],
    ["a|b", "ab", false],
    ["a.c", "a\nc", false],
    ["(?s)a.c", "a\nc", true],
    ["(?s:a.)c.", "a\nc\n", false],
    ["(?i)API", "api", true],
    ["x(?i)Y", "xy", true],
    ["(x(?i)Y)Z", "xyz", false],
    ["[[:alpha:]]+[[:digit:]]", "ab1", true],
    ["[]a]+", "]a", true],
    ["a\\-b\\_\\/c", "a-b_/c", true],
    ["\\Qa.b\\E+", "a.bb", true],
    ["\\pL+", "käse", true],
    ["\\p{Greek}", "λ", true],
    ["\\x41\\x{1F600}", "A😀", true],
    ["a{2}{", "aa{", true],
    ["\\s", "\u00a0", false],
    ["\\Aab\\z", "ab", true],
  ])("%s matches %j: %s", (pattern, text, expected) => expect(compileAnchored(pattern).test(text)).toBe(expected));

  it.each(["(", "a)", "[a", "(?=a)", "(?<!a)b", "\\1", "a**", "\\k", "a{1001}", "[[:nope:]]"])(
    "refuses %s",
    (pattern) => {
      expect(() => compileAnchored(pattern)).toThrow(RegexpSyntaxError);
    },
  );
});

describe("a replacement template", () => {
  const match = /^(?<word>a+)(b)?$/.exec("aa");
  it.each([
    ["$1-$word", "aa-aa"],
    ["$1x", ""],
    ["\u0024{1}x", "aax"],
    ["[$2]$$", "[]$"],
    ["$9", ""],
  ])("%s gives %j", (template, text) => {
    if (match === null) throw new Error("no match");
    expect(expandTemplate(template, match)).toBe(text);
  });
});
