import { expect, it } from "vitest";
import { toLogParts, toNetworkWindow } from "./network-queries.ts";

it("a long flow log is sent in parts that hold whole lines, each with the line that names the fields", () => {
  const header = "version interface-id srcaddr dstaddr bytes start end\n";
  const lines = Array.from(
    { length: 40_000 },
    (_, index) => `2 eni-1 10.0.0.1 10.0.0.2 ${index} 1795320000 1795320060\n`,
  );
  const parts = toLogParts(`${header}${lines.join("")}`);
  expect(parts.length).toBeGreaterThan(2);
  expect(parts.every((part) => part.startsWith(header) && part.endsWith("\n") && part.length < 1_000_000)).toBe(true);
  expect(parts.map((part) => part.slice(header.length)).join("")).toBe(lines.join(""));
});

it("a short one, or one without names of fields, stays as it is", () => {
  expect(toLogParts("2 1 eni-1 a b 1 2 6 1 9 1 2 ACCEPT OK")).toEqual(["2 1 eni-1 a b 1 2 6 1 9 1 2 ACCEPT OK"]);
  expect(toLogParts("interface-id bytes")).toEqual(["interface-id bytes"]);
});

it("the range of the shell is asked for as days, and two moments as they are", () => {
  expect(toNetworkWindow({ kind: "last", preset: "24h" })).toEqual({ days: 2 });
  const between = { from: "2026-11-01T00:00:00.000Z", to: "2026-11-08T00:00:00.000Z" };
  expect(toNetworkWindow({ kind: "between", ...between })).toEqual({ days: 30, ...between });
});
