import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { api, OPERATIONS } from "#server/contract/api.ts";
import { Problem } from "#server/contract/problem.ts";
import type { RouteHandler } from "#server/http/define-route.ts";
import { getStore } from "#server/store/client.ts";
import { createTestDatabase, type TestDatabase } from "#server/testing/database.ts";
import { storeCluster } from "#server/testing/fleet.ts";

// Refusals are provoked here by the hundred; the logger reads its level when it loads.
vi.hoisted(() => {
  process.env.SLUICE_LOG_LEVEL = "silent";
});

const ROOT = import.meta.dirname;
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

type Route = { readonly file: string; readonly path: string; readonly method: string; readonly handler: RouteHandler };

/** Every exported method of every route file, with its path as OpenAPI writes it. */
const routes: Route[] = [];
for (const entry of readdirSync(ROOT, { recursive: true, encoding: "utf8" })) {
  // Forms of the sign-in pages are no part of the API; access.db.test.ts has them.
  if (!entry.endsWith("route.ts") || entry.startsWith("[...path]") || entry.startsWith("auth/")) continue;
  const module: Record<string, unknown> = await import(/* @vite-ignore */ pathToFileURL(join(ROOT, entry)).href);
  const path = `/api/${entry.replace(/\/route\.ts$/, "").replaceAll(/\[(\w+)\]/g, "{$1}")}`;
  for (const method of METHODS) {
    const handler = module[method];
    if (handler !== undefined) routes.push({ file: entry, path, method, handler: handler as RouteHandler });
  }
}
const routeOf = (id: string): Route => {
  const found = routes.find((route) => route.handler.operation.id === id);
  if (found === undefined) throw new Error(`no route serves ${id}`);
  return found;
};

type Call = {
  readonly params?: Record<string, string>;
  readonly search?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
};

function call(route: Route, { params = {}, search = "", body, headers = {} }: Call = {}): Promise<Response> {
  const request = new Request(`http://localhost:3000${route.path.replaceAll(/[{}]/g, "")}${search}`, {
    method: route.method,
    headers: {
      host: "localhost:3000",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return route.handler(request, { params: Promise.resolve(params) });
}
const ask = (id: string, options?: Call) => call(routeOf(id), options);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const teams = [{ team: "shop", namespace: "shop", podCount: 2 }];
  await storeCluster(getStore().pool, { name: "prod-eu", teams }, new Date(Date.now() - 20_000));
});
afterAll(async () => {
  await getStore().close();
  await database.drop();
});

describe("the OpenAPI page", () => {
  it("has every route, and a route for every operation", () => {
    const served = routes.map(({ method, path }) => `${method} ${path}`).sort();
    const documented = OPERATIONS.map(({ method, path }) => `${method} ${path}`).sort();
    expect(served).toEqual(documented);
    for (const { handler, method, path } of routes) expect(handler.operation).toMatchObject({ method, path });
  });
  it("is valid 3.1: references resolve, operation ids are unique, path parameters are declared", async () => {
    const document = (await (await ask("getOpenApi")).json()) as {
      openapi: string;
      paths: Record<
        string,
        Record<
          string,
          { operationId: string; parameters: { name: string; in: string; schema: object }[]; responses: object }
        >
      >;
      components: { schemas: Record<string, object> };
    };
    expect(document.openapi).toBe("3.1.0");
    const text = JSON.stringify(document);
    const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? ""));
    expect(references.size).toBeGreaterThan(10);
    for (const reference of references) {
      expect(reference).toMatch(/^#\/components\/schemas\//);
      expect(document.components.schemas).toHaveProperty([reference.slice("#/components/schemas/".length)]);
    }
    expect(text).not.toContain("$defs");
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.values(item).map((operation) => ({ path, ...operation })),
    );
    expect(new Set(operations.map((operation) => operation.operationId)).size).toBe(operations.length);
    for (const { path, parameters, responses } of operations) {
      const declared = parameters.filter((parameter) => parameter.in === "path").map((parameter) => parameter.name);
      expect(declared).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
      expect(responses).toHaveProperty("default");
    }
  });
});

describe("a route", () => {
  // Names of things that storeCluster made.
  const params = {
    id: "prod-eu",
    feature: "native-sidecars",
    device: "GPU-1",
    node: "node-a",
    namespace: "shop",
    kind: "Deployment",
    name: "shop-web",
    pod: "shop-web-1",
  };
  const search = "?cluster=prod-eu";
  // A readiness without collector and things that are not there are answers of their own.
  const absent = [
    "/api/v1/clusters/{id}/network/services/{namespace}/{name}",
    "/api/v1/clusters/{id}/gpu/migration/{namespace}/{kind}/{name}",
  ];
  const others = new Set(["/api/readyz", ...absent]);
  const reads = routes.filter((route) => route.method === "GET" && !others.has(route.path));
  it.each(reads.map((route) => [route.path, route] as const))(
    "%s answers within its contract",
    async (_path, route) => {
      const response = await call(route, { params, search: route.handler.operation.query === undefined ? "" : search });
      expect(response.status, await response.clone().text()).toBe(200);
      expect(response.headers.get("cache-control")).toBe("no-store");
      if (route.handler.operation.mediaType === undefined) {
        expect(route.handler.operation.response.safeParse(await response.json()).success).toBe(true);
      }
    },
  );
  it.each(absent)("%s says so of what is not there", async (absentPath) => {
    const route = routes.find(({ path }) => path === absentPath);
    if (route === undefined) throw new Error(`no route serves ${absentPath}`);
    const response = await call(route, { params });
    expect(Problem.parse(await response.json())).toMatchObject({ status: 404, code: "not-found" });
  });
  it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    "%s refuses a foreign Host",
    async (_name, route) => {
      const response = await call(route, { params, headers: { host: "attacker.example" } });
      expect(response.status).toBe(403);
      expect(Problem.parse(await response.json()).code).toBe("forbidden");
    },
  );
  it.each(
    routes.filter((route) => route.method !== "GET").map((route) => [`${route.method} ${route.path}`, route] as const),
  )("%s refuses a foreign page", async (_name, route) => {
    for (const headers of [{ origin: "https://attacker.example" }, { "sec-fetch-site": "cross-site" }]) {
      const response = await call(route, { params, headers, body: {} });
      expect(Problem.parse(await response.json())).toMatchObject({ status: 403, code: "forbidden" });
    }
  });
});

describe("odd input", () => {
  const odd = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom(
      "",
      "-1",
      "0",
      "1e9",
      "NaN",
      "9007199254740993",
      "true",
      "2026-13-40",
      "0000-00-00",
      "../..",
      "%",
      "a,b",
      "🙂",
      "'; DROP TABLE cluster; --",
    ),
    fc.base64String({ maxLength: 60 }),
  );
  const reads = routes.filter((route) => route.method === "GET");
  it.each(reads.map((route) => [route.path, route] as const))(
    "of %s is never an internal error",
    async (_path, route) => {
      const names = [
        "cluster",
        "team",
        "limit",
        "cursor",
        "kind",
        "status",
        "target",
        "search",
        "only",
        "on",
        "days",
        "gate",
        "trendDays",
        "history",
        "language",
        "include",
        "provider",
      ];
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.constantFrom(...names), odd), { maxLength: 5 }),
          odd,
          async (pairs, id) => {
            const query = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value]));
            const response = await call(route, { params: { id, feature: id }, search: `?${query}` });
            expect([200, 400, 404, 503]).toContain(response.status);
            if (response.status === 503) expect(route.path).toBe("/api/readyz");
          },
        ),
        { numRuns: 25 },
      );
    },
  );
  it("in a forged cursor is refused by name", async () => {
    const forged = Buffer.from(JSON.stringify({ startedAt: "0000-01-01T00:00:00Z", id: "x" })).toString("base64url");
    const response = await ask("listPolls", { search: `?cursor=${forged}` });
    expect(Problem.parse(await response.json())).toMatchObject({ status: 400, code: "invalid-input" });
  });
});

describe("a path that the API does not have", () => {
  it("is a problem like every other", async () => {
    const file = pathToFileURL(join(ROOT, "[...path]", "route.ts")).href;
    const { GET, POST } = (await import(/* @vite-ignore */ file)) as Record<"GET" | "POST", RouteHandler>;
    for (const [method, handler] of Object.entries({ GET, POST })) {
      const request = new Request("http://localhost:3000/api/v2/x", { method, headers: { host: "localhost:3000" } });
      const response = await handler(request, { params: Promise.resolve({ path: ["v2", "x"] }) });
      expect(Problem.parse(await response.json())).toMatchObject({ status: 404, code: "not-found" });
    }
  });
});

describe("readiness", () => {
  it("names the collector while none is alive, and is ready once one beats", async () => {
    const silent = await ask("getReadiness");
    expect(silent.status).toBe(503);
    expect(await silent.json()).toMatchObject({
      status: "not-ready",
      checks: [
        { name: "database", isOk: true },
        { name: "migrations", isOk: true },
        { name: "collector", isOk: false },
      ],
    });
    await getStore().pool.query(
      `INSERT INTO process_heartbeat (id, role, host, started_at, beat_at) VALUES (gen_random_uuid(), 'collector', 'h', now(), now())`,
    );
    expect((await ask("getReadiness")).status).toBe(200);
  });
});

describe("own metrics", () => {
  it("tell ages of readings and count answers by operation and status", async () => {
    await ask("listClusters");
    const text = await (await ask("getMetrics")).text();
    expect(text).toMatch(/^sluice_snapshot_age_seconds\{cluster="prod-eu",kind="inventory"\} \d/m);
    expect(text).toMatch(/^sluice_sources\{cluster="prod-eu",status="failed"\} 3$/m);
    expect(text).toMatch(/^sluice_http_requests_total\{operation="listClusters",status="200"\} [1-9]/m);
    expect(text).toMatch(/^sluice_database_size_bytes [1-9]/m);
  });
});

describe("the price book", () => {
  const row = {
    provider: "aws",
    region: "eu-central-1",
    kind: "node",
    key: "m7i.xlarge",
    unit: "hour",
    price: 0.25,
    currency: "EUR",
    validFrom: "2026-01-01",
    source: "contract 4711",
  };
  it("keeps what was corrected, says who did it, and refuses to correct history", async () => {
    const created = await ask("createPrice", { body: row, headers: { "x-request-id": "request-0001" } });
    expect(created.status).toBe(201);
    const { row: first } = api.createPrice.response.parse(await created.json());
    const id = String(first?.id);
    const replaced = await ask("replacePrice", { params: { id }, body: { ...row, price: 0.2 } });
    const change = api.replacePrice.response.parse(await replaced.json());
    expect(change).toMatchObject({
      row: { price: 0.2 },
      superseded: { id: first?.id, price: 0.25, supersededBy: change.row?.id },
    });
    const again = await ask("replacePrice", { params: { id }, body: row });
    expect(Problem.parse(await again.json())).toMatchObject({ status: 409, code: "conflict" });
    const missing = await ask("withdrawPrice", { params: { id: "999999" } });
    expect(Problem.parse(await missing.json()).code).toBe("not-found");

    const now = api.listPrices.response.parse(await (await ask("listPrices", { search: "?search=M7I" })).json());
    expect(now.items.map((item) => item.price)).toEqual([0.2]);
    const all = api.listPrices.response.parse(
      await (await ask("listPrices", { search: "?search=m7i&history=true" })).json(),
    );
    expect(all.items.map((item) => item.price)).toEqual([0.25, 0.2]);
    const { rows } = await getStore().pool.query<{ actor: string; event: string; request_id: string | null }>(
      `SELECT actor, event, request_id FROM audit_event WHERE subject LIKE 'price/%' ORDER BY id`,
    );
    expect(rows.map((entry) => entry.event)).toEqual(["price.created", "price.replaced"]);
    expect(rows[0]).toMatchObject({ actor: "loopback", request_id: "request-0001" });
  });
  it.each([
    [{ ...row, validTo: "2025-01-01" }, "validTo"],
    [{ ...row, unit: "GBs" }, "unit"],
    [{ ...row, currency: "euro" }, "currency"],
    [{ ...row, price: -1 }, "price"],
    [{ ...row, validFrom: "0000-01-01" }, "validFrom"],
    [{ ...row, price: undefined }, "price"],
  ])("refuses %j at its place", async (body, place) => {
    const problem = Problem.parse(await (await ask("createPrice", { body })).json());
    expect(problem).toMatchObject({ status: 400, issues: [{ path: place }] });
  });
});

describe("budgets", () => {
  it("hold one amount per team and day, and can be removed", async () => {
    const body = { team: "shop", costPerMonth: 1000, validFrom: "2026-11-01" };
    await ask("saveBudget", { body });
    const saved = await ask("saveBudget", { body: { ...body, costPerMonth: 1200 } });
    const { budget } = api.saveBudget.response.parse(await saved.json());
    const list = api.listBudgets.response.parse(await (await ask("listBudgets")).json());
    expect(list.items).toEqual([budget]);
    expect(budget.costPerMonth).toBe(1200);
    expect((await ask("deleteBudget", { params: { id: String(budget.id) } })).status).toBe(200);
    const gone = await ask("deleteBudget", { params: { id: String(budget.id) } });
    expect(Problem.parse(await gone.json()).code).toBe("not-found");
    const { rows } = await getStore().pool.query<{ event: string }>(
      `SELECT event FROM audit_event WHERE subject LIKE 'budget/%' ORDER BY id`,
    );
    expect(rows.map((entry) => entry.event)).toEqual(["budget.saved", "budget.saved", "budget.deleted"]);
  });
});
