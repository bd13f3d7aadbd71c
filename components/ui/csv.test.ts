import { describe, expect, it } from "vitest";
import { toCsv } from "./csv.ts";

const bodyOf = (rows: Parameters<typeof toCsv>[1]) => toCsv(["a"], rows).replace("\uFEFFa\r\n", "");

describe("CSV", () => {
  it("quotes separators, quotes and line ends by RFC 4180", () =>
    expect(bodyOf([["plain", "a,b", 'say "hi"', "two\nlines"]])).toBe('plain,"a,b","say ""hi""","two\nlines"\r\n'));
  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])("disarms the formula %j", (text) =>
    expect(bodyOf([[text]])).toMatch(/^"?'/),
  );
  it("leaves numbers as numbers, in full precision", () =>
    expect(bodyOf([[-3, 0.1234567, 0]])).toBe("-3,0.1234567,0\r\n"));
  it("keeps an absent value empty and apart from zero", () =>
    expect(bodyOf([[null, 0, undefined, ""]])).toBe(",0,,\r\n"));
  it("starts with a byte-order mark and its header", () =>
    expect(toCsv(["名称", "b,c"], [])).toBe('\uFEFF名称,"b,c"\r\n'));
});
