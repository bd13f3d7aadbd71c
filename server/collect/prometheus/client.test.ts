import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PrometheusClient, type PrometheusConnection } from "./client.ts";
import { PrometheusError } from "./prometheus-error.ts";
import { QueryBudget } from "./query-budget.ts";

type Seen = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly form: URLSearchParams;
};
type Handler = (seen: Seen, response: ServerResponse) => void;

let server: Server;
let directory: string;
let seen: Seen[];
let handle: Handler;
let clients: PrometheusClient[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-client-"));
  seen = [];
  clients = [];
  handle = (_, response) => answer(response, vector());
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const one = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, form };
      seen.push(one);
      handle(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true, force: true });
});

function vector(value = "1"): string {
  return JSON.stringify({
    status: "success",
    data: { resultType: "vector", result: [{ metric: { a: "b" }, value: [1, value] }] },
  });
}
function answer(response: ServerResponse, text: string, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text);
}
function open(
  more: Partial<PrometheusConnection> = {},
  options: ConstructorParameters<typeof PrometheusClient>[1] = {},
): PrometheusClient {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const client = new PrometheusClient({ url: `http://127.0.0.1:${port}`, ...more }, options);
  clients.push(client);
  return client;
}
const ask = (
  client: PrometheusClient,
  more: { readonly budget?: QueryBudget; readonly signal?: AbortSignal; readonly timeoutSeconds?: number } = {},
) => client.instant("up", 1000, { budget: new QueryBudget(), ...more });
const failureOf = (promise: Promise<unknown>): Promise<PrometheusError> =>
  promise.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => {
      if (error instanceof PrometheusError) return error;
      throw error;
    },
  );

describe("a query", () => {
  it("is a form, with the configured matchers on every selector, behind a path prefix", async () => {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const client = open({
      url: `http://127.0.0.1:${port}/select/0/prometheus/`,
      selector: 'cluster="x"',
      headers: { "X-Scope-OrgID": "t" },
    });
    const result = await ask(client);
    expect(result.data).toEqual([{ labels: { a: "b" }, value: 1 }]);
    expect(seen[0]).toMatchObject({ method: "POST", url: "/select/0/prometheus/api/v1/query" });
    expect(seen[0]?.form.get("query")).toBe('up{cluster="x"}');
    expect(seen[0]?.headers).toMatchObject({
      "x-scope-orgid": "t",
      "content-type": "application/x-www-form-urlencoded",
    });
  });
  it("reads packed answers and counts the bytes of the wire", async () => {
    const packed = gzipSync(vector("42"));
    handle = (_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(packed);
    };
    const result = await ask(open());
    expect(result).toMatchObject({ receivedBytes: packed.byteLength, data: [{ value: 42 }] });
  });
  it("takes the token from its file each time, and the password of basic auth", async () => {
    const tokenFile = join(directory, "token");
    await writeFile(tokenFile, "first\n");
    const client = open({ tokenFile });
    await ask(client);
    await writeFile(tokenFile, "second\n");
    await ask(client);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer first", "Bearer second"]);
    await ask(open({ basicAuth: { username: "u", passwordFile: tokenFile } }));
    expect(seen[2]?.headers.authorization).toBe(`Basic ${Buffer.from("u:second").toString("base64")}`);
  });
  it("is not sent without its credential", async () => {
    const error = await failureOf(ask(open({ tokenFile: join(directory, "missing") })));
    expect(error).toMatchObject({ reason: "not-configured" });
    expect(error.message).not.toContain(directory);
    expect(seen).toEqual([]);
  });
});

describe("bounds", () => {
  it("redirects are not followed", async () => {
    handle = (_, response) => answer(response, "", 302, { location: "http://127.0.0.1:1/elsewhere" });
    expect(await failureOf(ask(open()))).toMatchObject({ reason: "unreachable", fix: { code: "check-address" } });
    expect(seen).toHaveLength(1);
  });
  it.each(["plain", "packed"])("an answer above the limit is dropped (%s)", async (kind) => {
    const large = vector("1".padEnd(5000, "0"));
    handle = (_, response) => {
      response.writeHead(200, {
        "content-type": "application/json",
        ...(kind === "packed" ? { "content-encoding": "gzip" } : {}),
      });
      response.end(kind === "packed" ? gzipSync(large) : large);
    };
    expect(await failureOf(ask(open({}, { maxBodyBytes: 1000 })))).toMatchObject({ fix: { code: "raise-limits" } });
  });
  it("a server that does not answer is timed out; a stopped read says so", async () => {
    handle = () => undefined;
    expect(await failureOf(ask(open(), { timeoutSeconds: 0.05 }))).toMatchObject({ reason: "timed-out" });
    const controller = new AbortController();
    handle = () => controller.abort();
    expect((await failureOf(ask(open(), { signal: controller.signal }))).message).toMatch(/stopped/);
  });
  it("nobody listening is unreachable", async () => {
    expect(await failureOf(ask(open({ url: "http://127.0.0.1:1" })))).toMatchObject({ reason: "unreachable" });
  });
  it("the budget of a read ends before the request", async () => {
    const budget = new QueryBudget(1);
    const client = open();
    await ask(client, { budget });
    expect(await failureOf(ask(client, { budget }))).toMatchObject({ reason: "partial" });
    expect(seen).toHaveLength(1);
  });
  it("four queries at once, never more", async () => {
    let inside = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    handle = (_, response) => {
      inside += 1;
      most = Math.max(most, inside);
      waiting.push(() => {
        inside -= 1;
        answer(response, vector());
      });
      if (waiting.length === 4 || seen.length === 10) for (const release of waiting.splice(0)) release();
    };
    const client = open();
    await Promise.all(Array.from({ length: 10 }, () => ask(client)));
    expect(most).toBe(4);
  });
  it("a range of more than 11,000 points is not even asked", async () => {
    const range = { startSeconds: 0, endSeconds: 11_000, stepSeconds: 1 };
    expect(await failureOf(open().range("up", range, { budget: new QueryBudget() }))).toMatchObject({
      reason: "malformed",
    });
    expect(seen).toEqual([]);
  });
});

describe("what answers", () => {
  it("is told by its build information", async () => {
    handle = (_, response) => answer(response, JSON.stringify({ status: "success", data: { version: "2.53.3+ds1" } }));
    expect(await open().detect(1000, { budget: new QueryBudget() })).toEqual({
      product: "Prometheus",
      version: "2.53.3+ds1",
    });
  });
  it("or by a constant query where a managed service hides it", async () => {
    handle = ({ url }, response) =>
      url.endsWith("buildinfo") ? answer(response, "", 404) : answer(response, vector());
    expect(await open().detect(1000, { budget: new QueryBudget() })).toEqual({ product: "unknown", version: null });
    expect(seen[1]?.form.get("query")).toBe("vector(1)");
  });
});
