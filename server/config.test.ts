import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Environment, isLoopback, loadConfig, redactConfig } from "./config.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice config ")); // with a space, as people have them
});
afterEach(() => rmSync(directory, { recursive: true }));

function put(name: string, text: string): string {
  const path = join(directory, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return path;
}
function load(argv: string[] = [], env: Environment = {}) {
  return loadConfig(argv, env, directory);
}
function loadFile(yaml: string) {
  return load(["--config", put("etc/sluice.yaml", yaml)]);
}
function problemOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ code: "invalid-configuration" });
    return (error as Error).message;
  }
  throw new Error("was accepted");
}
const kubeconfig = (context: string) => `apiVersion: v1\nkind: Config\ncurrent-context: ${context}\n`;

describe("with nothing configured", () => {
  it("runs the demo on loopback with the embedded database", () => {
    expect(load()).toMatchObject({
      role: "all",
      host: "127.0.0.1",
      port: 3000,
      databaseUrl: null,
      configFile: null,
      isDemo: true,
      clusters: [],
      teams: {
        from: [
          { kind: "label", key: "team" },
          { kind: "namespaceLabel", key: "team" },
        ],
      },
      billing: { currency: "USD", timeZone: "UTC", priceBook: null },
      retention: { rawSeconds: 172_800, hourlySeconds: 7_776_000, dailySeconds: 63_072_000 },
    });
  });
  it("finds sluice.yaml where it stands", () => {
    put("k", kubeconfig("a"));
    put("sluice.yaml", "clusters: [{ name: a, kubeconfig: ./k }]");
    expect(load()).toMatchObject({
      isDemo: false,
      clusters: [{ name: "a" }],
      configFile: join(directory, "sluice.yaml"),
    });
    expect(load(["--demo"])).toMatchObject({ isDemo: true, clusters: [], configFile: null });
    const apart = ["--role", "collector", "--demo", "--database-url", "postgres://h/d"];
    expect(load(apart)).toMatchObject({ isDemo: true, role: "collector" });
  });
});

describe("flags and environment", () => {
  it("lets the flag win", () => {
    const env = { PORT: "1", HOST: "::1", SLUICE_DATA_DIR: "data", DATABASE_URL: "postgres://h/d" };
    expect(load(["--port", "2"], env)).toMatchObject({
      port: 2,
      host: "::1",
      dataDir: join(directory, "data"),
      databaseUrl: "postgres://h/d",
    });
  });
  it.each([
    { argv: ["--prot", "1"], words: "--prot" },
    { argv: ["--port", "70000"], words: "0 to 65535" },
    { argv: ["--role", "both"], words: "all, web, collector" },
    { argv: ["--role", "web"], words: "--role web needs --database-url" },
    { argv: ["--role", "collector", "--database-url", "postgres://h/d"], words: "needs clusters" },
    { argv: ["--database-url", "mysql://h/d"], words: "postgresql://" },
    { argv: ["--context", "a"], words: "belong to a --kubeconfig" },
    { argv: ["--demo", "--prometheus", "http://p"], words: "leave out" },
    { argv: ["--demo", "--config", "x"], words: "leave out --config" },
    { argv: ["--config", "missing.yaml"], words: "cannot be read" },
    { argv: ["--kubeconfig", "missing"], words: "missing does not exist" },
    { argv: ["extra"], words: "extra" },
  ])("refuses $argv", ({ argv, words }) => {
    expect(problemOf(() => load(argv))).toContain(words);
  });
  it("does not repeat a refused database address, which may hold a password", () => {
    expect(problemOf(() => load(["--database-url", "mysql://u:hunter2@h/d"]))).not.toContain("hunter2");
  });
  it("makes one cluster of a kubeconfig, named after its context", () => {
    put("kube", kubeconfig("arn:aws:eks:eu-west-1:1:cluster/Prod EU"));
    expect(load(["--kubeconfig", "kube", "--prometheus", "http://127.0.0.1:9090"])).toMatchObject({
      isDemo: false,
      clusters: [
        {
          name: "Prod-EU",
          access: { kind: "kubeconfig", file: join(directory, "kube"), context: null },
          prometheus: { url: "http://127.0.0.1:9090", selector: null },
          kubelet: { access: "prometheus" },
          poll: { inventorySeconds: 300, metricsSeconds: 60, gatesSeconds: 900 },
        },
      ],
    });
    expect(load(["--kubeconfig", "kube", "--context", "other"]).clusters[0]).toMatchObject({
      name: "other",
      access: { context: "other" },
    });
  });
  it("hands the same cluster to a child through the environment", () => {
    put("kube", kubeconfig("a"));
    const env = { SLUICE_KUBECONFIG: join(directory, "kube"), SLUICE_PROMETHEUS: "http://p:1" };
    expect(loadConfig([], env, "/").clusters).toEqual(
      load(["--kubeconfig", "kube", "--prometheus", "http://p:1"]).clusters,
    );
  });
  it("refuses a second source of clusters", () => {
    put("kube", kubeconfig("a"));
    const file = put("c.yaml", "clusters: [{ name: b, kubeconfig: kube }]");
    expect(problemOf(() => load(["--config", file, "--kubeconfig", "kube"]))).toContain("lists clusters already");
  });
  it("keeps the demo's generated file apart from a user's", () => {
    put(
      "demo.yaml",
      "clusters: [{ name: demo, server: 'http://127.0.0.1:1', tokenFile: k }]".replace("http:", "https:"),
    );
    put("k", "x");
    expect(load([], { SLUICE_DEMO_CONFIG: join(directory, "demo.yaml") })).toMatchObject({
      isDemo: true,
      clusters: [{ name: "demo" }],
    });
  });
});

describe("where it listens", () => {
  it.each(["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST"])("takes %s", (host) => {
    expect(load(["--host", host]).host).toBe(host);
  });
  it.each(["0.0.0.0", "::", "10.0.0.1", "example.org", "127.0.0.1.example.org", "1270.0.0.1"])(
    "refuses %s without auth",
    (host) => {
      expect(problemOf(() => load(["--host", host]))).toContain("loopback only");
      expect(isLoopback(host)).toBe(false);
    },
  );
  it("takes any address once somebody can sign in and the readers' address is known", () => {
    const file = put("etc/sluice.yaml", "publicUrl: https://sluice.example/\nauth: { local: {} }");
    const config = load(["--config", file, "--host", "0.0.0.0"]);
    expect(config.auth).toMatchObject({ publicUrl: "https://sluice.example", hasLocal: true, oidc: null, proxy: null });
    expect(config.auth).toMatchObject({ sessionIdleSeconds: 43_200, sessionSeconds: 604_800 });
    const unnamed = put("etc/sluice.yaml", "auth: { local: {} }");
    expect(problemOf(() => load(["--config", unnamed, "--host", "0.0.0.0"]))).toContain("needs publicUrl");
    expect(load(["--config", unnamed]).auth?.hasLocal).toBe(true);
  });
  it("is not taken in by settings without a way to sign in", () => {
    const file = put("etc/sluice.yaml", "publicUrl: https://sluice.example\nauth: { sessions: { idle: 1h } }");
    expect(problemOf(() => load(["--config", file, "--host", "0.0.0.0"]))).toContain("loopback only");
    expect(load(["--config", file]).auth).toBeNull();
  });
  it("does not mind for a collector, which does not listen", () => {
    put("k", kubeconfig("a"));
    expect(
      load(["--role", "collector", "--host", "0.0.0.0", "--kubeconfig", "k", "--database-url", "postgres://h/d"]).role,
    ).toBe("collector");
  });
});

describe("sluice.yaml", () => {
  it("reads the whole of it, with paths relative to the file", () => {
    for (const name of ["prod.kubeconfig", "prom.token", "ca.pem"]) put(`etc/${name}`, kubeconfig("prod"));
    const config = loadFile(`
clusters:
  - name: prod-us
    kubeconfig: ./prod.kubeconfig
    context: prod
    provider: aws
    prometheus:
      url: https://prom.example:9090
      tokenFile: ./prom.token
      headers: { X-Scope-OrgID: us }
      selector: 'cluster="prod-us", env!~"dev|test"'
    kubelet: { access: direct, allowedCIDRs: [10.0.0.0/8, "fd00::/8"], caFile: ca.pem }
    controlPlane: { apiServers: ["https://10.0.0.1:6443"], controllerManager: "", scheduler: "https://10.0.0.1:10259" }
    poll: { inventorySeconds: 60 }
  - name: inside
    inCluster: true
    kubelet: { access: off }
  - name: by-token
    server: https://api.example
    tokenFile: prom.token
teams: { from: [namespace, "label:example.org/owner"] }
billing: { currency: EUR, timeZone: Europe/Berlin, priceBook: ./prices.yaml }
retention: { raw: 72h, hourly: 12w, daily: 3y }
publicUrl: https://sluice.example/
outbound: { allowedCIDRs: [169.254.20.0/24] }
webhooks: { ops: { urlFile: ./hook, kind: slack } }
`);
    const etc = (name: string) => join(directory, "etc", name);
    expect(config.clusters).toMatchObject([
      {
        name: "prod-us",
        access: { kind: "kubeconfig", file: etc("prod.kubeconfig"), context: "prod" },
        prometheus: { tokenFile: etc("prom.token"), headers: { "X-Scope-OrgID": "us" }, insecureSkipVerify: false },
        kubelet: { access: "direct", allowedCIDRs: ["10.0.0.0/8", "fd00::/8"], caFile: etc("ca.pem") },
        controlPlane: {
          apiServers: ["https://10.0.0.1:6443"],
          controllerManager: null,
          scheduler: "https://10.0.0.1:10259",
        },
        poll: { inventorySeconds: 60, metricsSeconds: 60 },
      },
      { access: { kind: "in-cluster" }, kubelet: { access: "off" }, prometheus: null, provider: null },
      { access: { kind: "token", server: "https://api.example", caFile: null, tokenFile: etc("prom.token") } },
    ]);
    expect(config).toMatchObject({
      teams: { from: [{ kind: "namespace" }, { kind: "label", key: "example.org/owner" }] },
      billing: { currency: "EUR", timeZone: "Europe/Berlin", priceBook: etc("prices.yaml") },
      retention: { rawSeconds: 72 * 3600, hourlySeconds: 84 * 86_400 },
      publicUrl: "https://sluice.example",
      webhooks: { ops: { urlFile: etc("hook"), kind: "slack" } },
      outbound: { allowedCIDRs: ["169.254.20.0/24"] },
    });
  });

  const inside = "clusters:\n  - name: a\n    inCluster: true\n";
  it.each([
    {
      yaml: "clustres: []",
      words: [":1: clustres: is not known", "clusters, teams, billing, retention, auth, outbound, publicUrl, webhooks"],
    },
    { yaml: `${inside}    kublet: {}`, words: [":4: clusters[0].kublet: is not known", "kubelet, controlPlane, poll"] },
    {
      yaml: `${inside}    kubelet:\n      access: on`,
      words: [':5: clusters[0].kubelet.access: "on" is not allowed', "off, prometheus, direct, proxy"],
    },
    {
      yaml: `${inside}    poll: { metricsSeconds: 1 }`,
      words: [":4: clusters[0].poll.metricsSeconds: 1 is not", "whole seconds from 15"],
    },
    {
      yaml: `${inside}    kubelet: { access: direct }`,
      words: [":4: clusters[0].kubelet.access: direct needs allowedCIDRs", "direct needs caFile"],
    },
    {
      yaml: `${inside}    kubelet: { allowedCIDRs: [10.0.0.0/33] }`,
      words: ["allowedCIDRs[0]", "is not a network", "10.0.0.0/8"],
    },
    { yaml: `${inside}    prometheus: { url: "http://u:p@h" }`, words: ["prometheus.url", "without user"] },
    { yaml: `${inside}    prometheus: {}`, words: [":4: clusters[0].prometheus.url: is missing"] },
    {
      yaml: `${inside}    prometheus: { url: "http://h", selector: '{a="b"}' }`,
      words: ["selector", 'cluster="prod-us"'],
    },
    { yaml: `${inside}    prometheus: { url: "http://h", selector: 'a="b"} or vector(1) #' }`, words: ["selector"] },
    {
      yaml: `${inside}    prometheus: { url: "http://h", headers: { Authorization: "Bearer x" } }`,
      words: ["headers.Authorization", "credentials go into tokenFile"],
    },
    { yaml: `${inside}    kubeconfig: k`, words: [":2: clusters[0]: needs exactly one of kubeconfig"] },
    { yaml: "clusters:\n  - name: a", words: [":2: clusters[0]: needs exactly one"] },
    { yaml: "clusters:\n  - inCluster: true", words: ["clusters[0].name: is missing"] },
    { yaml: "clusters:\n  - { name: a/b, inCluster: true }", words: [":2: clusters[0].name", "letters, digits, dots"] },
    {
      yaml: `${inside}  - name: A\n    inCluster: true`,
      words: [":4: clusters[1].name: is the name of clusters[0] already"],
    },
    { yaml: "clusters:\n  - { name: a, server: 'http://api', tokenFile: t }", words: ["must be https://"] },
    {
      yaml: "clusters:\n  - name: a\n    kubeconfig: ./no",
      words: [":3: clusters[0].kubeconfig: the file", "does not exist"],
    },
    { yaml: "teams: { from: [team] }", words: ["teams.from[0]", "label:KEY"] },
    { yaml: "billing:\n  timeZone: Mars/Base", words: [":2: billing.timeZone", "is not a time zone", "Europe/Berlin"] },
    { yaml: "billing: { currency: usd }", words: ["billing.currency", "three capital letters"] },
    { yaml: "retention: { raw: 48 }", words: ["retention.raw: 48 is not allowed", "48h, 90d, 2y"] },
    { yaml: "retention: { raw: 100d }", words: ["retention.hourly: must not be shorter than raw"] },
    { yaml: "auth: { saml: {} }", words: ["auth.saml: is not known; allowed here: local, oidc, proxy"] },
    { yaml: "auth: { oidc: {} }", words: ["auth.oidc.issuer: is missing", "auth.oidc.clientId: is missing"] },
    {
      yaml: "auth: { oidc: { issuer: 'http://login.example', clientId: a }, groups: [{ group: g, roles: [viewer] }] }",
      words: ["auth.oidc.issuer", "is not an issuer", "https://"],
    },
    {
      yaml: "auth: { oidc: { issuer: 'https://login.example', clientId: a }, groups: [{ group: g, roles: [viewer] }] }",
      words: ["auth.oidc: needs publicUrl"],
    },
    { yaml: "auth: { proxy: { from: [10.0.0.0/8] } }", words: ["auth.groups: says what nobody may do"] },
    { yaml: "auth: { proxy: { from: [] } }", words: ["auth.proxy.from"] },
    { yaml: "auth: { proxy: { from: [everywhere] } }", words: ["auth.proxy.from[0]", "is not a network"] },
    { yaml: "auth: { proxy: { from: [::1], userHeader: Cookie } }", words: ["has a meaning of its own"] },
    { yaml: "auth: { groups: [{ group: g, roles: [viewer] }] }", words: ["auth: names no way to sign in"] },
    {
      yaml: "auth: { groups: [{ group: g, roles: [root] }] }",
      words: ["roles[0]", "viewer, operator, finance, admin"],
    },
    { yaml: "auth: { local: { users: [{ name: loopback }] } }", words: ["is not a user name"] },
    {
      yaml: "auth: { local: { users: [{ name: a, passwordHash: secret, roles: [admin] }] } }",
      words: ["passwordHash", "hash-password"],
    },
    { yaml: "auth: { local: {}, sessions: { idle: 2d, absolute: 1d } }", words: ["must not be shorter than idle"] },
    { yaml: "outbound: { allowedCIDRs: [metadata] }", words: ["outbound.allowedCIDRs[0]", "is not a network"] },
    { yaml: "webhooks: { a: { urlFile: u, kind: teams } }", words: ["webhooks.a.kind", "slack, json"] },
    { yaml: "webhooks:\n  a: { urlFile: u }", words: [":2: webhooks.a.kind: is missing; allowed here: slack, json"] },
    { yaml: "- a", words: [":1: the file: a list is not allowed; allowed here: clusters, teams"] },
    { yaml: "clusters:\n  - name: a\n    name: b", words: [":3: Map keys must be unique"] },
    { yaml: "clusters: [", words: [":1: "] },
  ])("refuses $yaml", ({ yaml, words }) => {
    const problem = problemOf(() => loadFile(yaml));
    expect(problem).toContain(join(directory, "etc", "sluice.yaml"));
    for (const word of words) expect(problem).toContain(word);
  });

  it("repeats no credential that stands in a wrong place", () => {
    const problem = problemOf(() =>
      loadFile(
        `${inside}    prometheus: { url: "http://u:hunter2@h", headers: { X-Key: "hunter2\\u00e9", Cookie: hunter2 } }`,
      ),
    );
    expect(problem.split("\n")).toHaveLength(3);
    expect(problem).not.toContain("hunter2");
  });

  it("lists every problem at once", () => {
    expect(problemOf(() => loadFile(`${inside}    a: 1\nb: 2`)).split("\n")).toHaveLength(2);
  });

  it("does not ask the web role for the collector's files", () => {
    const file = put("sluice.yaml", "clusters:\n  - { name: a, kubeconfig: ./not-mounted-here }");
    expect(load(["--config", file, "--role", "web", "--database-url", "postgres://h/d"]).clusters).toHaveLength(1);
  });
});

describe("redactConfig", () => {
  it("keeps the places of secrets and hides what may be one", () => {
    put("etc/t", "hunter2");
    const config = {
      ...loadFile(
        `clusters: [{ name: a, inCluster: true, prometheus: { url: "http://h", tokenFile: t, headers: { X-Key: hunter2 } } }]`,
      ),
      databaseUrl: "postgresql://u:hunter2@h/d",
    };
    const text = JSON.stringify(redactConfig(config));
    expect(text).not.toContain("hunter2");
    expect(text).toContain(JSON.stringify(join(directory, "etc", "t")));
    expect(text).toContain("X-Key");
  });
});
