import { describe, expect, it } from "vitest";
import { allowedHosts, refuseForeign } from "./guard.ts";

const HOSTS = allowedHosts({ SLUICE_ALLOWED_HOSTS: "sluice.example, other.example:8443" });
const verdict = (method: string, headers: Record<string, string>): string => {
  try {
    refuseForeign(method, new Headers(headers), HOSTS);
    return "passes";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("the Host of a request", () => {
  it.each([
    ["localhost:3000", "passes"],
    ["LOCALHOST", "passes"],
    ["127.0.0.1:41234", "passes"],
    ["127.0.0.53:3000", "passes"],
    ["127.0.0.1.2", "forbidden"],
    ["128.0.0.1:3000", "forbidden"],
    ["[::1]:3000", "passes"],
    ["sluice.example", "passes"],
    ["sluice.example:443", "passes"],
    ["other.example:8443", "passes"],
    ["other.example", "forbidden"],
    ["rebound.attacker.example:3000", "forbidden"],
    ["localhost.attacker.example", "forbidden"],
    ["127.0.0.1.nip.io:3000", "forbidden"],
    ["localhost:3000@attacker.example", "forbidden"],
    ["localhost, attacker.example", "forbidden"],
    ["", "forbidden"],
  ])("%j %s", (host, expected) => {
    expect(verdict("GET", { host })).toBe(expected);
  });
  it("is asked for", () => {
    expect(verdict("GET", {})).toBe("forbidden");
  });
});

describe("the Origin of a change", () => {
  const host = "localhost:3000";
  it.each([
    [{ origin: "http://localhost:3000" }, "passes"],
    [{ origin: "http://localhost:3000", "sec-fetch-site": "same-origin" }, "passes"],
    [{}, "passes"],
    [{ origin: "http://localhost:3001" }, "forbidden"],
    [{ origin: "http://127.0.0.1:3000" }, "forbidden"],
    [{ origin: "https://attacker.example" }, "forbidden"],
    [{ origin: "null" }, "forbidden"],
    [{ origin: "chrome-extension://localhost:3000" }, "forbidden"],
    [{ "sec-fetch-site": "cross-site" }, "forbidden"],
    [{ "sec-fetch-site": "same-site" }, "forbidden"],
    [{ origin: "http://localhost:3000", "sec-fetch-site": "cross-site" }, "forbidden"],
  ])("%j %s", (headers, expected) => {
    expect(verdict("POST", { host, ...(headers as Record<string, string>) })).toBe(expected);
    expect(verdict("DELETE", { host, ...(headers as Record<string, string>) })).toBe(expected);
  });
  it("does not matter beside a bearer token, which no browser sends by itself", () => {
    const origin = "https://attacker.example";
    expect(verdict("POST", { host, origin, authorization: "Bearer sluice_x" })).toBe("passes");
    expect(verdict("POST", { host, origin, authorization: "Basic eDp5" })).toBe("forbidden");
    expect(verdict("POST", { host: "attacker.example", authorization: "Bearer sluice_x" })).toBe("forbidden");
  });
  it("does not matter for reading", () => {
    expect(verdict("GET", { host, origin: "https://attacker.example" })).toBe("passes");
  });
});
