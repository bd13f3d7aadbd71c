import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OidcSettings } from "../auth-settings.ts";
import { openConnection } from "../collect/kubernetes/connection.ts";
import { PrometheusClient } from "../collect/prometheus/client.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import { issuerFetch } from "../command/issuer-fetch.ts";
import { createOutboundGuard, type OutboundGuard } from "../outbound-guard.ts";

const METADATA = "169.254.169.254";
const ANSWER = JSON.stringify({ status: "success", data: { resultType: "vector", result: [] } });

let server: Server;
let port: number;
let directory: string;
let requests: string[] = [];
/** What the name is resolved to, one answer a look-up; the last one stays. */
let answers: string[] = [];
let lookUps = 0;

function guard(allowedCIDRs: readonly string[] = []): OutboundGuard {
  return createOutboundGuard({
    allowedCIDRs,
    resolve: (_name, _options, callback) => {
      const address = answers[Math.min(lookUps, answers.length - 1)] ?? METADATA;
      lookUps += 1;
      callback(null, [{ address, family: address.includes(":") ? 6 : 4 }]);
    },
  });
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-guard-"));
  server = createServer((request, response) => {
    requests.push(`${request.socket.localAddress} ${request.headers.host}`);
    // No connection outlives its answer: the next request resolves again.
    response.writeHead(200, { "content-type": "application/json", connection: "close" }).end(ANSWER);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  requests = [];
  answers = [METADATA];
  lookUps = 0;
});

type Ask = (host: string, guard: OutboundGuard) => Promise<unknown>;
const askPrometheus: Ask = async (host, own) => {
  const client = new PrometheusClient({ url: `http://${host}:${port}` }, { guard: own });
  try {
    return await client.instant("up", 0, { budget: new QueryBudget() });
  } finally {
    await client.close();
  }
};
const connect = async (host: string, own: OutboundGuard, proxy = "") => {
  const kubeconfig = join(directory, "kubeconfig");
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      clusters: [
        { name: "c", cluster: { server: `http://${host}:${port}`, ...(proxy === "" ? {} : { "proxy-url": proxy }) } },
      ],
      users: [{ name: "u", user: {} }],
    }),
  );
  return openConnection({ name: "c", kubeconfig }, { guard: own, sleep: () => Promise.resolve() });
};
const askKubernetes: Ask = async (host, own) => {
  const connection = await connect(host, own);
  try {
    return await connection.api.readJson("/version", { retries: 0 });
  } finally {
    await connection.close();
  }
};
const askAsNobody: Ask = async (host, own) => {
  const connection = await connect(host, own);
  try {
    return await connection.anonymous.readJson("/version", { retries: 0 });
  } finally {
    await connection.close();
  }
};
const askKubelet: Ask = async (host, own) => {
  const connection = await connect("127.0.0.1", own);
  const endpoint = await connection.openEndpoint({ baseUrl: `http://${host}:${port}`, sendCredentials: false });
  try {
    return await endpoint.readJson("/metrics", { retries: 0 });
  } finally {
    await endpoint.close();
    await connection.close();
  }
};
const askIssuer: Ask = async (host, own) => {
  const settings: OidcSettings = {
    issuer: `http://${host}:${port}`,
    clientId: "sluice",
    clientSecretFile: null,
    caFile: null,
    origins: [],
    outboundCIDRs: [],
    scopes: [],
    nameClaim: null,
    groupsClaim: "groups",
    label: null,
  };
  return issuerFetch(settings, own)(`http://${host}:${port}/keys`, {
    method: "GET",
    headers: {},
    body: null,
    redirect: "manual",
  });
};

const CLIENTS = [
  ["Prometheus", askPrometheus],
  ["the API server", askKubernetes],
  ["the API server without credentials", askAsNobody],
  ["a kubelet", askKubelet],
  ["the issuer", askIssuer],
] as const;

/** The codes of an error and of what caused it. */
function codesOf(error: unknown): string[] {
  if (typeof error !== "object" || error === null) return [];
  const own = "code" in error && typeof error.code === "string" ? [error.code] : [];
  return [...own, ...("cause" in error ? codesOf(error.cause) : [])];
}
const refusal = (asked: Promise<unknown>) =>
  asked.then(
    () => [],
    (error: unknown) => codesOf(error),
  );

describe.each(CLIENTS)("connections to %s", (_, ask) => {
  it("go to a name that is resolved to a loopback or private address", async () => {
    answers = ["127.0.0.1"];
    await ask("source.example", guard());
    expect(requests).toEqual([`127.0.0.1 source.example:${port}`]);
  });
  it.each([METADATA, "169.254.1.1", "fe80::1", "::ffff:169.254.169.254", "fd00:ec2::254", "100.100.100.200"])(
    "do not go to a name that is resolved to %s",
    async (address) => {
      answers = [address];
      expect(await refusal(ask("source.example", guard()))).toContain("ADDRESS_REFUSED");
      expect(requests).toEqual([]);
    },
  );
  it.each([METADATA, "[fe80::1]", "[::ffff:a9fe:a9fe]", "2852039166"])(
    "do not go to %s in the address itself",
    async (host) => {
      expect(await refusal(ask(host, guard()))).toContain("ADDRESS_REFUSED");
      expect(lookUps).toBe(0);
    },
  );
  it("are refused as soon as a name turns to metadata, however often it was good before", async () => {
    answers = ["127.0.0.1", "127.0.0.1", METADATA];
    const own = guard();
    await ask("source.example", own);
    await ask("source.example", own);
    expect(await refusal(ask("source.example", own))).toContain("ADDRESS_REFUSED");
    expect(requests).toHaveLength(2);
    // One look-up a connection: no second one between the check and the connection that could answer differently.
    expect(lookUps).toBe(3);
  });
  it("may go where the configuration says so", async () => {
    answers = ["127.0.0.1"];
    const strict = createOutboundGuard({
      allowedCIDRs: ["169.254.20.0/24"],
      resolve: (_name, _options, callback) =>
        callback(null, [
          { address: "127.0.0.1", family: 4 },
          { address: "169.254.20.10", family: 4 },
        ]),
    });
    await ask("source.example", strict);
    expect(requests).toHaveLength(1);
  });
});

it("asks no proxy for a metadata service, by address or by name", async () => {
  for (const host of [METADATA, "metadata.google.internal"]) {
    const connection = await connect(host, guard(), `http://127.0.0.1:${port}`);
    expect(await refusal(connection.api.readJson("/version", { retries: 0 })), host).toContain("ADDRESS_REFUSED");
    await connection.close();
  }
  expect(requests).toEqual([]);
});

it("tells whoever reads the cluster's page why nothing is read", async () => {
  await expect(askPrometheus(METADATA, guard())).rejects.toMatchObject({
    reason: "not-configured",
    message: expect.stringContaining("metadata service"),
  });
  await expect(askKubernetes(METADATA, guard())).rejects.toMatchObject({
    reason: "not-configured",
    message: expect.stringContaining("metadata service"),
  });
});

it("leaves the issuer's back channel to its own origin and the listed ones", async () => {
  answers = ["127.0.0.1"];
  const settings = (origins: readonly string[]): OidcSettings => ({
    issuer: "https://issuer.example",
    clientId: "sluice",
    clientSecretFile: null,
    caFile: null,
    origins: [...origins],
    outboundCIDRs: [],
    scopes: [],
    nameClaim: null,
    groupsClaim: "groups",
    label: null,
  });
  const options = { method: "GET", headers: {}, body: null, redirect: "manual" } as const;
  const url = `http://tokens.example:${port}/token`;
  await expect(issuerFetch(settings([]), guard())(url, options)).rejects.toThrow("auth.oidc.origins does not list");
  expect(lookUps).toBe(0);
  const answer = await issuerFetch(settings([`http://tokens.example:${port}`]), guard())(url, options);
  expect(answer.status).toBe(200);
});
