import { NextRequest } from "next/server";
import { describe, expect, it } from "vitest";
import { proxy } from "../../proxy.ts";
import { Problem } from "../contract/problem.ts";

const ask = (path: string, init: { method?: string; headers?: Record<string, string> } = {}) =>
  proxy(
    new NextRequest(`http://localhost:3000${path}`, {
      method: init.method ?? "GET",
      headers: { host: "localhost:3000", ...init.headers },
    }),
  );
const nonceOf = (response: Response) =>
  /'nonce-([^']+)'/.exec(response.headers.get("content-security-policy") ?? "")?.[1];

describe("before a page", () => {
  it("stands a policy with a nonce that is new each time and reaches the renderer", () => {
    const [first, second] = [ask("/clusters"), ask("/clusters")];
    expect(nonceOf(first)).toMatch(/^[A-Za-z0-9+/]{24}$/);
    expect(nonceOf(first)).not.toBe(nonceOf(second));
    expect(first.headers.get("x-middleware-request-x-nonce")).toBe(nonceOf(first));
    expect(first.headers.get("x-middleware-request-content-security-policy")).toBe(
      first.headers.get("content-security-policy"),
    );
    expect(first.headers.get("x-frame-options")).toBe("DENY");
  });
  it("does not take a nonce that the caller brings", () => {
    const response = ask("/", { headers: { "x-nonce": "mine", "content-security-policy": "script-src 'nonce-mine'" } });
    expect(response.headers.get("x-middleware-request-x-nonce")).toBe(nonceOf(response));
    expect(response.headers.get("x-middleware-request-content-security-policy")).not.toContain("nonce-mine");
  });
});

describe("a foreign request", () => {
  it.each([
    ["/", "GET", { host: "attacker.example" }],
    ["/_next/static/chunks/a.js", "GET", { host: "attacker.example" }],
    ["/api/v1/clusters", "GET", { host: "attacker.example" }],
    ["/settings", "POST", { origin: "https://attacker.example" }],
  ])("%s %s %j goes no further", async (path, method, headers) => {
    const response = ask(path, { method, headers: headers as Record<string, string> });
    expect(response.status).toBe(403);
    expect(Problem.parse(await response.json()).code).toBe("forbidden");
  });
});

describe("a method that a path does not have", () => {
  it.each([
    ["/api/v1/clusters", "DELETE", "GET, HEAD"],
    ["/api/v1/clusters/prod-us/poll", "GET", "POST"],
    ["/api/v1/openapi.json", "POST", "GET, HEAD"],
  ])("%s %s is refused with those it has", async (path, method, allow) => {
    const response = ask(path, { method, headers: { origin: "http://localhost:3000" } });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    expect(Problem.parse(await response.json())).toMatchObject({ code: "method-not-allowed", status: 405 });
  });
  it.each([
    ["/api/v1/clusters", "GET"],
    ["/api/v1/clusters", "HEAD"],
    ["/api/v1/clusters", "OPTIONS"],
    ["/api/v1/nothing", "DELETE"],
    ["/api/auth/login", "POST"],
    ["/clusters", "POST"],
  ])("%s %s goes on", (path, method) => {
    const response = ask(path, { method, headers: { origin: "http://localhost:3000" } });
    expect(response.status).toBe(200);
  });
});
