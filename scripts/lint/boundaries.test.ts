import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Dependency, findViolations, loadRules } from "./boundaries.ts";
import { exportedFunctionsOf, importsOf, parseSource } from "./source-file.ts";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const rules = await loadRules(ROOT);

function broken(from: string, to: string, facts: Partial<Dependency> = {}): string[] {
  return findViolations(rules, [{ from, to, isTypeOnly: false, isResolved: true, ...facts }]).map(
    ({ rule }) => rule.name,
  );
}

describe("import rules", () => {
  it.each([
    ["server/domain/units/bytes.ts", "node:fs", "domain-is-pure"],
    ["server/domain/units/bytes.ts", "npm:zod", "domain-is-pure"],
    ["server/contract/gates.ts", "server/store/gates.ts", "contract-is-shapes"],
    ["server/contract/gates.ts", "server/domain/gates/gate.ts", "contract-takes-domain-types-only"],
    ["server/domain/gpu/migration-keys.ts", "server/domain/gpu/gpu-resources.ts", "keys-are-words"],
    ["server/collect/prometheus/client.ts", "server/store/reads.ts", "collect-only-reads"],
    ["server/collect/kubernetes/nodes.ts", "server/jobs/context.ts", "collect-only-reads"],
    ["server/store/reads.ts", "server/query/polls.ts", "store-only-keeps"],
    ["server/query/polls.ts", "server/collect/prometheus/client.ts", "query-only-asks-the-store"],
    ["server/command/poll-now.ts", "server/jobs/run-read.ts", "command-only-changes-the-store"],
    ["server/http/define-route.ts", "server/store/client.ts", "http-only-speaks-http"],
    ["server/jobs/main.ts", "server/http/problem.ts", "jobs-do-not-serve"],
    ["server/demo/main.ts", "server/domain/units/bytes.ts", "demo-knows-nothing"],
    ["server/config.ts", "server/domain/units/bytes.ts", "helpers-stay-small"],
    ["server/process/child.ts", "server/store/client.ts", "helpers-stay-small"],
    ["server/query/polls.ts", "server/testing/database.ts", "testing-stays-in-tests"],
    ["server/query/polls.ts", "npm:next/headers", "server-has-no-next"],
    ["server/store/reads.ts", "components/ui/badge.tsx", "server-draws-nothing"],
    ["server/query/polls.ts", "server/store/generated/client.ts", "prisma-stays-in-the-store"],
    ["server/jobs/main.ts", "npm:@kubernetes/client-node", "kubernetes-client-stays-in-collect"],
    ["app/(dashboard)/page.tsx", "server/store/reads.ts", "pages-ask-questions"],
    ["app/api/v1/polls/route.ts", "server/store/reads.ts", "routes-declare"],
    ["app/providers.tsx", "server/query/polls.ts", "shell-has-no-server"],
    ["components/cost/table.tsx", "server/query/cost.ts", "components-know-the-contract"],
    ["components/cost/table.tsx", "server/domain/cost/share.ts", "components-take-domain-types-only"],
    ["components/cost/table.tsx", "components/gpu/device.tsx", "areas-stay-apart"],
    ["components/ui/badge.tsx", "components/data/api-client.ts", "ui-is-primitive"],
    ["components/charts/line.tsx", "components/data/api-client.ts", "charts-draw"],
    ["components/format/bytes.ts", "npm:react", "format-is-text"],
    ["components/data/polls-queries.ts", "components/ui/badge.tsx", "data-has-no-looks"],
    ["components/layout/shell.tsx", "components/cost/table.tsx", "layout-is-for-all-areas"],
    ["e2e/cost.e2e.ts", "server/store/client.ts", "e2e-stays-outside"],
    ["bench/rules.ts", "components/ui/badge.tsx", "bench-measures-the-server"],
    ["deploy/image.ts", "server/start.ts", "deploy-has-no-code"],
  ])("%s must not import %s", (from, to, rule) => {
    expect(broken(from, to)).toContain(rule);
  });

  it("has a case above for each rule on paths, and a comment for every rule", () => {
    expect(rules.length).toBeGreaterThan(25);
    expect(rules.every((rule) => rule.comment.length > 10)).toBe(true);
  });

  it.each([
    ["server/domain/a.ts", "server/domain/b.ts"],
    ["server/domain/a.test.ts", "npm:vitest"],
    ["server/jobs/run-read.ts", "server/collect/prometheus/client.ts"],
    ["server/start.ts", "server/store/migrate.ts"],
    ["server/query/polls.test.ts", "server/testing/database.ts"],
    ["app/(dashboard)/cost/page.tsx", "server/query/cost.ts"],
    ["app/api/v1/polls/route.ts", "server/command/poll-now.ts"],
    ["components/cost/table.tsx", "components/cost/row.tsx"],
    ["components/cost/table.tsx", "server/contract/cost.ts"],
    ["server/contract/gpu-migration.ts", "server/domain/gpu/migration-keys.ts"],
  ])("%s may import %s", (from, to) => {
    expect(broken(from, to)).toEqual([]);
  });

  it("lets types of the domain through to the browser side", () => {
    expect(broken("components/cost/table.tsx", "server/domain/cost/share.ts", { isTypeOnly: true })).toEqual([]);
  });
  it("refuses a path that leads nowhere, in tests too", () => {
    expect(broken("server/query/a.test.ts", "server/query/gone.ts", { isResolved: false })).toEqual(["resolvable"]);
  });
  it("finds circles of values, not of types", () => {
    const edge = (from: string, to: string, isTypeOnly = false): Dependency => ({
      from,
      to,
      isTypeOnly,
      isResolved: true,
    });
    const [a, b, c] = ["server/domain/a.ts", "server/domain/b.ts", "server/domain/c.ts"] as const;
    const names = (dependencies: Dependency[]) =>
      findViolations(rules, dependencies).map(({ rule, from }) => `${rule.name} ${from}`);
    expect(names([edge(a, b), edge(b, c), edge(c, a)])).toEqual([
      `no-circular ${a}`,
      `no-circular ${b}`,
      `no-circular ${c}`,
    ]);
    expect(names([edge(a, b), edge(b, c), edge(c, a, true)])).toEqual([]);
  });
});

describe("reading sources", () => {
  it("finds every way to import, with JSX and types around", () => {
    const source = `
      import type { A } from "./a.ts";
      import { type B, type C } from "./b.ts";
      import { type D, e } from "./d.ts";
      import "./side-effect.ts";
      export * from "./all.ts";
      export type { F } from "./f.ts";
      type G = import("./g.ts").G;
      const view = <T,>(x: T) => <p>{String(x)}</p>;
      const later = () => import("./later.ts");`;
    expect(
      importsOf(parseSource(source, "x.tsx")).map((use) => `${use.specifier}${use.isTypeOnly ? " type" : ""}`),
    ).toEqual([
      "./a.ts type",
      "./b.ts type",
      "./d.ts",
      "./side-effect.ts",
      "./all.ts",
      "./f.ts type",
      "./g.ts type",
      "./later.ts",
    ]);
  });
  it("finds every exported function with its first parameter", () => {
    const source = `
      export function a(viewer: Viewer, id: string) {}
      export const b = async (viewer: Viewer) => 1;
      export const c = ((id: string) => 1) satisfies Ask;
      function d() {}
      function hidden(x: number) {}
      export { d as renamed };
      export const notAFunction = 3;
      export default function ({ viewer }: { viewer: Viewer }) {}`;
    expect(exportedFunctionsOf(parseSource(source, "x.ts")).map(({ reaches: _, ...rest }) => rest)).toEqual([
      { name: "a", firstParameter: { name: "viewer", type: "Viewer" } },
      { name: "b", firstParameter: { name: "viewer", type: "Viewer" } },
      { name: "c", firstParameter: { name: "id", type: null } },
      { name: "renamed", firstParameter: null },
      { name: "default", firstParameter: { name: "", type: null } },
    ]);
  });
  it("follows a function to the imports that it reaches", () => {
    const source = `
      import { getStore } from "../store/client.ts";
      import type { Db, Row as R } from "../store/db.ts";
      const table = () => helper();
      function helper() { return getStore(); }
      export function far(id: string) { return table(); }
      export function pure(row: R) { return row; }
      export const given = (db: Db) => db;`;
    expect(exportedFunctionsOf(parseSource(source, "x.ts")).map(({ name, reaches }) => [name, ...reaches])).toEqual([
      ["far", "../store/client.ts#getStore"],
      ["pure", "../store/db.ts#Row"],
      ["given", "../store/db.ts#Db"],
    ]);
  });
});
