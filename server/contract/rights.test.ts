import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OPERATIONS } from "./api.ts";
import { safeNext } from "./auth.ts";
import { mayDo, RIGHTS, type Right, rightOf } from "./rights.ts";
import type { Role } from "./viewer.ts";

const ROLES: readonly Role[] = ["viewer", "operator", "finance", "admin"];

describe("the table of rights", () => {
  it("is the one that the documentation shows", () => {
    const text = readFileSync(new URL("../../docs/security.md", import.meta.url), "utf8");
    for (const [right, { roles, isWhole }] of Object.entries(RIGHTS)) {
      const line = text.split("\n").find((row) => row.startsWith(`| \`${right}\` |`)) ?? "";
      const cells = line
        .split("|")
        .slice(2, 6)
        .map((cell) => cell.trim() === "✓");
      expect([right, cells]).toEqual([right, ROLES.map((role) => (roles as readonly Role[]).includes(role))]);
      expect([right, line.includes("hole fleet only")]).toEqual([right, isWhole]);
    }
  });
  it("gives nothing without a role", () => {
    for (const right of Object.keys(RIGHTS) as Right[]) {
      expect(mayDo({ roles: [], clusters: "all", teams: "all" }, right)).toBe(false);
    }
  });
  it("keeps what concerns everybody from those who see a part", () => {
    const admin = { roles: ["admin" as const], clusters: "all" as const, teams: ["shop"] };
    expect(mayDo(admin, "budgets")).toBe(true);
    expect(mayDo(admin, "prices")).toBe(false);
    expect(mayDo({ ...admin, teams: "all", clusters: ["a"] }, "access")).toBe(false);
  });
  it("names every change; one that is forgotten is for administrators", () => {
    const forgotten = OPERATIONS.filter(
      ({ id, method }) => method !== "GET" && rightOf({ id, method }) === "access",
    ).filter(({ path }) => !/^\/api\/v1\/(users|tokens)/.test(path));
    expect(forgotten.map(({ id }) => id)).toEqual([]);
  });
});

describe("where to go after signing in", () => {
  it.each(["/", "/cost?range=month", "/pressure?a=%2F%2Fb#c", "/clusters/prod%20eu"])("%s stays", (path) => {
    expect(safeNext(path)).toBe(path);
  });
  it.each([
    null,
    undefined,
    "",
    "cost",
    "https://attacker.example",
    "//attacker.example",
    "///attacker.example",
    "/\\attacker.example",
    "\\\\attacker.example",
    "/.//attacker.example",
    "/..//attacker.example",
    "/x/..//attacker.example",
    "/\n/attacker.example",
    "/%09/../\t",
    "javascript:alert(1)",
    "/login",
    "/LOGIN?next=/",
    "/api/v1/users",
    "/_next/x",
    `/${"a".repeat(3000)}`,
  ])("%j leads home", (path) => {
    expect(safeNext(path)).toBe("/");
  });
});
