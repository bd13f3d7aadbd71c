import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { getJson, sendJson, toApiUrl } from "./api-client.ts";

const schema = z.object({ count: z.number() });
const answer = (body: unknown, init: ResponseInit = {}) =>
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => Response.json(body, init)),
  );
afterEach(() => vi.unstubAllGlobals());

describe("an address of the API", () => {
  it("repeats lists and leaves out what is not given", () =>
    expect(toApiUrl("/api/v1/x", { cluster: ["a", "b c"], limit: 0, team: undefined, cursor: null })).toBe(
      "/api/v1/x?cluster=a&cluster=b+c&limit=0",
    ));
});

describe("a request", () => {
  it("answers what the schema promises", async () => {
    answer({ count: 3 });
    await expect(getJson("/api/v1/x", { schema })).resolves.toEqual({ count: 3 });
  });
  it("turns a problem into its code, sentence and request id", async () => {
    answer({ code: "cluster-unreachable", title: "x", detail: "prod-us: timed out", requestId: "r1" }, { status: 502 });
    await expect(getJson("/api/v1/x", { schema })).rejects.toMatchObject({
      code: "cluster-unreachable",
      status: 502,
      detail: "prod-us: timed out",
      requestId: "r1",
    });
  });
  it.each([
    [404, "not-found"],
    [401, "unauthenticated"],
    [403, "forbidden"],
    [500, "internal"],
  ])("reads a bare %d as %s", async (status, code) => {
    vi.stubGlobal("fetch", async () => new Response("<html>", { status }));
    await expect(getJson("/api/v1/x", { schema })).rejects.toMatchObject({ code });
  });
  it("refuses an answer that breaks the contract", async () => {
    answer({ count: "3" });
    await expect(getJson("/api/v1/x", { schema })).rejects.toMatchObject({ code: "contract" });
  });
  it("tells a missing answer from an abort", async () => {
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("failed")));
    await expect(getJson("/api/v1/x", { schema })).rejects.toMatchObject({ code: "network" });
    const aborted = AbortSignal.abort(new DOMException("gone", "AbortError"));
    vi.stubGlobal("fetch", async () => Promise.reject(aborted.reason));
    await expect(getJson("/api/v1/x", { schema, signal: aborted })).rejects.toMatchObject({ name: "AbortError" });
  });
  it("sends a change as JSON", async () => {
    const fetch = vi.fn(async (_url: string, _init: RequestInit) => Response.json({ count: 1 }));
    vi.stubGlobal("fetch", fetch);
    await sendJson("/api/v1/x", { schema, method: "POST", body: { a: 1 } });
    expect(fetch.mock.calls[0]?.[1]).toMatchObject({
      method: "POST",
      body: '{"a":1}',
      headers: { "content-type": "application/json" },
    });
  });
});
