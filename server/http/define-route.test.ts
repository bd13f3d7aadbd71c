import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { operation } from "../contract/operation.ts";
import { Problem } from "../contract/problem.ts";
import { AppError, type ErrorCode } from "../errors.ts";
import { defineRoute, type RouteHandler } from "./define-route.ts";
import { STATUS_OF } from "./problem.ts";

// Failures are provoked here by the dozen; the logger reads its level when it loads.
vi.hoisted(() => {
  process.env.SLUICE_LOG_LEVEL = "silent";
});

const answerTo = (
  route: RouteHandler,
  init: RequestInit & { path?: string } = {},
  params: Record<string, string> = {},
) => {
  const headers = new Headers(init.headers);
  if (!headers.has("host")) headers.set("host", "localhost:3000");
  return route(new Request(`http://localhost:3000${init.path ?? "/x"}`, { ...init, headers }), {
    params: Promise.resolve(params),
  });
};
const problemOf = async (response: Response) => Problem.parse(await response.json());

const Answer = z.object({ seen: z.unknown() });
const reading = operation({
  id: "read",
  method: "GET",
  path: "/x/{id}",
  summary: "",
  params: z.object({ id: z.string().max(5) }),
  query: z.object({
    limit: z.coerce.number().int().default(10),
    tag: z.union([z.string(), z.array(z.string())]).optional(),
  }),
  response: Answer,
});
const changing = operation({
  id: "change",
  method: "POST",
  path: "/x",
  summary: "",
  body: z.object({ name: z.string() }),
  response: Answer,
});
const read = defineRoute({ ...reading, handle: ({ params, query }) => ({ seen: { params, query } }) });
const change = defineRoute({ ...changing, handle: ({ body }) => ({ seen: body }), statusOf: () => 201 });
const json = { "content-type": "application/json" };

describe("an answer", () => {
  it("comes from parsed parameters, is not stored, and carries the request id", async () => {
    const response = await answerTo(
      read,
      { path: "/x/a?limit=3&tag=p&tag=q", headers: { "x-request-id": "abcdefgh-1" } },
      { id: "a" },
    );
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ seen: { params: { id: "a" }, query: { limit: 3, tag: ["p", "q"] } } });
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(response.headers.get("x-request-id")).toBe("abcdefgh-1");
  });
  it("does not take over a request id that could harm a log", async () => {
    const response = await answerTo(read, { headers: { "x-request-id": 'x" onload=alert(1)' } }, { id: "a" });
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });
  it("that breaks its contract is not sent", async () => {
    const wrong = defineRoute({
      ...reading,
      response: z.object({ n: z.number() }),
      handle: () => ({ n: "secret" as unknown as number }),
    });
    const response = await answerTo(wrong, {}, { id: "a" });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain("secret");
  });
});

describe("a problem", () => {
  it("names the place and the fields that are wrong", async () => {
    const response = await answerTo(read, { path: "/x/a?limit=many" }, { id: "a" });
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await problemOf(response)).toMatchObject({
      status: 400,
      code: "invalid-input",
      issues: [{ path: "limit" }],
    });
    expect((await problemOf(await answerTo(read, {}, { id: "too-long" }))).code).toBe("invalid-input");
  });
  it("refuses NUL, which the database cannot hold", async () => {
    expect((await problemOf(await answerTo(read, { path: "/x/a?tag=%00" }, { id: "a" }))).code).toBe("invalid-input");
    expect((await problemOf(await answerTo(read, {}, { id: "a\u0000" }))).code).toBe("invalid-input");
    const body = JSON.stringify({ name: "a\u0000" });
    expect((await problemOf(await answerTo(change, { method: "POST", body, headers: json }))).code).toBe(
      "invalid-input",
    );
  });
  it.each(Object.entries(STATUS_OF))("of code %s has status %i", async (code, status) => {
    const failing = defineRoute({
      ...reading,
      handle: () => {
        throw new AppError(code as ErrorCode, "A sentence for people.");
      },
    });
    const response = await answerTo(failing, {}, { id: "a" });
    expect(response.status).toBe(status);
    expect(await problemOf(response)).toMatchObject({ code, status, detail: "A sentence for people." });
  });
  it("says nothing of an unexpected error but its request id", async () => {
    const failing = defineRoute({
      ...reading,
      handle: () => {
        throw new Error("password=hunter2 at /home/x.ts");
      },
    });
    const response = await answerTo(failing, {}, { id: "a" });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain("hunter2");
    expect(Problem.parse(JSON.parse(text)).requestId).toBe(response.headers.get("x-request-id"));
  });
  it.each([
    ["57014", "timed-out"],
    ["ECONNREFUSED", "database-unavailable"],
    ["22021", "invalid-input"],
    ["42P01", "internal"],
  ])("reads database code %s as %s", async (code, expected) => {
    const failing = defineRoute({
      ...reading,
      handle: () => {
        throw Object.assign(new Error("relation secret_table"), { code });
      },
    });
    const problem = await problemOf(await answerTo(failing, {}, { id: "a" }));
    expect(problem.code).toBe(expected);
    expect(JSON.stringify(problem)).not.toContain("secret_table");
  });
  it("ends a handler that takes too long", async () => {
    const slow = defineRoute({ ...reading, handle: () => new Promise<never>(() => undefined), timeoutSeconds: 0.01 });
    expect((await problemOf(await answerTo(slow, {}, { id: "a" }))).code).toBe("timed-out");
  });
});

describe("a change", () => {
  it("is taken as JSON", async () => {
    const response = await answerTo(change, { method: "POST", body: '{"name":"a"}', headers: json });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ seen: { name: "a" } });
  });
  it.each([
    ["text/plain", '{"name":"a"}'],
    ["application/json", "{"],
    ["application/json", '{"name":1}'],
    ["application/json", ""],
  ])("as %s %j is refused", async (type, body) => {
    const response = await answerTo(change, { method: "POST", body, headers: { "content-type": type } });
    expect((await problemOf(response)).code).toBe("invalid-input");
  });
  it("above the bound is refused, also when it does not say its length", async () => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    const init = { method: "POST", body, headers: json, duplex: "half" } as RequestInit;
    expect((await problemOf(await answerTo(change, init))).code).toBe("too-large");
  });
  it("from a foreign page is refused before anything is parsed", async () => {
    const headers = { ...json, origin: "https://attacker.example" };
    expect((await problemOf(await answerTo(change, { method: "POST", body: "{", headers }))).code).toBe("forbidden");
    expect(
      (await problemOf(await answerTo(change, { method: "POST", headers: { host: "attacker.example" } }))).code,
    ).toBe("forbidden");
  });
  it("is limited per viewer, and says when to come back", async () => {
    const flooding = defineRoute({
      ...changing,
      handle: ({ body }) => ({ seen: body }),
      resolveViewer: async () => ({ name: "flood", roles: ["admin"], clusters: "all", teams: "all" }),
    });
    const send = () => answerTo(flooding, { method: "POST", body: '{"name":"a"}', headers: json });
    const statuses: number[] = [];
    for (let index = 0; index < 70; index += 1) statuses.push((await send()).status);
    expect(statuses[0]).toBe(200);
    const refused = await send();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});
