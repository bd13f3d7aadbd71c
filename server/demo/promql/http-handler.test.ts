import { readFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPrometheusHandler, type PrometheusHandlerOptions } from "./http-handler.ts";
import { createIndexedSeriesSource } from "./indexed-series-source.ts";
import { Labels } from "./labels.ts";

const NOW_MS = 1_700_000_000_500;

function series(name: string, labels: Readonly<Record<string, string>>, valueAt: (index: number) => number) {
  const startMs = NOW_MS - 3_600_000;
  return {
    labels: Labels.from({ __name__: name, ...labels }),
    spans: [{ startMs, intervalMs: 15_000, count: 241, valueAt }],
  };
}

const source = createIndexedSeriesSource([
  {
    name: "up",
    metadata: { type: "gauge", help: "Whether the target answers.", unit: "" },
    series: () => [
      series("up", { job: "a", instance: "1" }, () => 1),
      series("up", { job: "b", instance: "2" }, () => 0),
    ],
  },
  {
    name: "odd",
    series: () => [series("odd", { k: "nan" }, () => Number.NaN), series("odd", { k: "inf" }, () => Infinity)],
  },
]);

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));
}

/** The shape of a JSON value: keys and types, arrays by their first member, no values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shapeOf(member)]));
  }
  return typeof value;
}

async function listen(options: Partial<PrometheusHandlerOptions> = {}): Promise<{ server: Server; url: string }> {
  const server = createServer(createPrometheusHandler({ source, now: () => NOW_MS, ...options }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("the Prometheus HTTP API", () => {
  let url: string;
  let server: Server;
  beforeAll(async () => {
    ({ server, url } = await listen());
  });
  afterAll(() => server.close());

  async function get(path: string): Promise<{ status: number; body: unknown }> {
    const response = await fetch(url + path);
    return { status: response.status, body: await response.json() };
  }

  it("answers now by default, with milliseconds", async () => {
    const { body } = await get("/api/v1/query?query=up%7Bjob%3D%22a%22%7D");
    expect(body).toEqual({
      status: "success",
      data: {
        resultType: "vector",
        result: [{ metric: { __name__: "up", instance: "1", job: "a" }, value: [NOW_MS / 1000, "1"] }],
      },
    });
  });

  it("has the shapes that a real server was recorded with", async () => {
    const window = "start=1699999000&end=1700000000&step=60";
    for (const [path, recording] of [
      ["query?query=1", "query-scalar"],
      ["query?query=none", "empty-vector"],

      [`query_range?query=sum(rate(up[5m]))+by+(job)&${window}`, "query-range-multi-series"],
    ] as const) {
      const ours = shapeOf((await get(`/api/v1/${path}`)).body) as { data: { result: { metric?: unknown }[] } };
      expect(ours, path).toEqual(shapeOf(fixture(recording)));
    }
    expect(shapeOf((await get("/api/v1/status/buildinfo")).body)).toEqual(shapeOf(fixture("buildinfo")));
    const metadata = (await get("/api/v1/metadata")).body as { data: { up: unknown } };
    const recorded = fixture("metadata") as { data: { kubernetes_feature_enabled: unknown } };
    expect(shapeOf(metadata.data.up)).toEqual(shapeOf(recorded.data.kubernetes_feature_enabled));
    const names = await get("/api/v1/series?match[]=up");
    expect(Object.keys(names.body as object)).toEqual(Object.keys(fixture("series-up") as object));
    expect(shapeOf((await get("/api/v1/status/tsdb")).body)).toEqual(shapeOf(fixture("tsdb-status")));
    expect(Object.keys((await get("/api/v1/targets")).body as object)).toEqual(
      Object.keys(fixture("targets") as object),
    );
  });

  it("writes NaN and infinity as recorded", async () => {
    const values = (body: unknown) =>
      (body as { data: { result: { value: [number, string] }[] } }).data.result.map(({ value }) => value[1]).sort();
    expect(values((await get("/api/v1/query?query=odd")).body)).toEqual(values(fixture("query-nan-inf")));
  });

  it("refuses in the recorded words", async () => {
    const tooMany = await get("/api/v1/query_range?query=up&start=0&end=11001&step=1");
    expect(tooMany).toEqual({ status: 400, body: fixture("error-too-many-points") });
    expect((await get("/api/v1/query_range?query=up&start=0&end=11000.9&step=1")).status).toBe(200);
    expect(await get("/api/v1/query?query=rate(foo%5B5)")).toEqual({ status: 400, body: fixture("error-parse") });
  });

  it.each([
    ["query?query=up&time=k", 400, "Invalid time value for 'time': cannot parse \"k\" to a valid timestamp"],
    ["query?query=up&timeout=k", 400, 'cannot parse "k" to a valid duration'],
    [
      "query_range?query=up&start=x&end=1&step=1",
      400,
      'invalid parameter "start": cannot parse "x" to a valid timestamp',
    ],
    ["query_range?query=up&start=2&end=1&step=1", 400, "end timestamp must not be before start time"],
    ["query_range?query=up&start=1&end=2&step=0", 400, "zero or negative query resolution step widths"],
    ["query_range?query=up[5m]&start=1&end=2&step=1", 400, 'invalid expression type "range vector" for range query'],
    ["query?query=info(up)", 422, "not supported"],
    ["query?query=topk(NaN,up)", 422, "overflows int64"],
    ["series", 400, "no match[] parameter provided"],
    ["label/a-b/values", 400, 'invalid label name: "a-b"'],
  ])("%s is %d", async (path, status, message) => {
    const answer = await get(`/api/v1/${path}`);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      status: "error",
      errorType: status === 422 ? "execution" : "bad_data",
      error: expect.stringContaining(message),
    });
  });

  it("reads form bodies and RFC 3339 times", async () => {
    const body = new URLSearchParams({ query: "time()", time: "2023-11-14T22:13:20.25Z" });
    const response = await fetch(`${url}/api/v1/query`, { method: "POST", body });
    expect(await response.json()).toMatchObject({ data: { result: [1_700_000_000.25, "1700000000.25"] } });
  });

  it("lists series, names and values, and says when a limit cut them", async () => {
    expect((await get("/api/v1/series?match[]=up")).body).toEqual({
      status: "success",
      data: [
        { __name__: "up", instance: "1", job: "a" },
        { __name__: "up", instance: "2", job: "b" },
      ],
    });
    expect((await get("/api/v1/labels")).body).toMatchObject({ data: ["__name__", "instance", "job", "k"] });
    expect((await get("/api/v1/label/job/values?match[]=up")).body).toMatchObject({ data: ["a", "b"] });
    expect((await get("/api/v1/label/job/values?limit=1")).body).toEqual({
      status: "success",
      data: ["a"],
      warnings: ["results truncated due to limit"],
    });
    expect((await get("/api/v1/metadata")).body).toMatchObject({
      data: { up: [{ type: "gauge", help: "Whether the target answers.", unit: "" }] },
    });
  });

  it("counts samples when asked", async () => {
    expect((await get("/api/v1/query?query=count_over_time(up[1m])&stats=all")).body).toMatchObject({
      data: { stats: { samples: { totalQueryableSamples: 10 } } },
    });
  });

  it("compresses only for clients that ask", async () => {
    const path = "/api/v1/query_range?query=up&start=1699998000&end=1700000000&step=15";
    const raw = (headers: Readonly<Record<string, string>>) =>
      new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
        request(url + path, { headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () =>
            resolve({ encoding: response.headers["content-encoding"], body: Buffer.concat(chunks) }),
          );
        })
          .once("error", reject)
          .end();
      });
    const [plain, packed] = await Promise.all([raw({}), raw({ "accept-encoding": "gzip" })]);
    expect([plain.encoding, packed.encoding]).toEqual([undefined, "gzip"]);
    expect(gunzipSync(packed.body)).toEqual(plain.body);
  });

  it("knows its health, unknown paths and wrong methods", async () => {
    expect(await (await fetch(`${url}/-/healthy`)).text()).toBe("Prometheus Server is Healthy.\n");
    expect(await (await fetch(`${url}/-/ready`)).text()).toBe("Prometheus Server is Ready.\n");
    expect((await fetch(`${url}/api/v1/nosuch`)).status).toBe(404);
    expect((await fetch(`${url}/api/v1/label/job/values`, { method: "POST" })).status).toBe(405);
  });
});

describe("authentication", () => {
  it.each([
    [{ kind: "bearer", token: "t" } as const, "Bearer t", "Bearer u"],
    [{ kind: "basic", username: "u", password: "p" } as const, `Basic ${btoa("u:p")}`, `Basic ${btoa("u:q")}`],
  ])("of kind %j admits only the right credential", async (authentication, right, wrong) => {
    const { server, url } = await listen({ authentication });
    const status = async (headers: Readonly<Record<string, string>>) =>
      (await fetch(`${url}/api/v1/query?query=1`, { headers })).status;
    expect(await status({ authorization: right })).toBe(200);
    expect(await status({ authorization: wrong })).toBe(401);
    expect(await status({})).toBe(401);
    server.close();
  });
});
