import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Replay, startReplay } from "../../testing/replay/replay-server.ts";
import { openConnection } from "./connection.ts";
import type { ClusterSourceConfig } from "./connection-config.ts";
import { SourceError } from "./source-error.ts";

let replay: Replay;
let folder: string;
beforeEach(async () => {
  replay = await startReplay({ token: "very-secret-token" });
  folder = mkdtempSync(join(tmpdir(), "sluice-connection-"));
});
afterEach(async () => {
  await replay.stop();
  rmSync(folder, { recursive: true, force: true });
});

function kubeconfig(cluster: Record<string, unknown>, user: Record<string, unknown>): string {
  const file = join(folder, "config");
  const document = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "a",
    clusters: [{ name: "c", cluster: { server: replay.url, "certificate-authority": replay.caFile, ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [
      { name: "a", context: { cluster: "c", user: "u" } },
      { name: "b", context: { cluster: "c", user: "missing" } },
    ],
  };
  writeFileSync(file, JSON.stringify(document)); // JSON is YAML
  return file;
}
async function version(config: Omit<ClusterSourceConfig, "name">): Promise<unknown> {
  const connection = await openConnection({ name: "c", ...config }, { sleep: async () => undefined });
  try {
    return (await connection.api.readJson("/version")).body;
  } finally {
    await connection.close();
  }
}
async function failure(config: Omit<ClusterSourceConfig, "name">): Promise<SourceError> {
  const thrown = await version(config).then(
    () => new Error("it was read"),
    (error: unknown) => error,
  );
  if (!(thrown instanceof SourceError)) throw thrown;
  return thrown;
}
const served = { gitVersion: "v1.34.9" };

describe("a connection", () => {
  it("sends a token, checks the certificate", async () => {
    expect(await version({ kubeconfig: kubeconfig({}, { token: "very-secret-token" }) })).toMatchObject(served);
    expect(replay.requests[0]?.authorization).toBe("Bearer very-secret-token");
  });

  it("takes a CA inside the kubeconfig, and the name that the certificate is checked for", async () => {
    const user = { token: "very-secret-token" };
    expect(await version({ kubeconfig: kubeconfig({ "tls-server-name": "localhost" }, user) })).toMatchObject(served);
    const other = await failure({ kubeconfig: kubeconfig({ "tls-server-name": "elsewhere.example" }, user) });
    expect(other).toMatchObject({ reason: "unreachable", fix: { code: "check-certificate" } });
  });

  it("skips verification only where the kubeconfig says so", async () => {
    const user = { token: "very-secret-token" };
    const ca = { "certificate-authority": replay.otherCaFile };
    expect((await failure({ kubeconfig: kubeconfig(ca, user) })).fix).toEqual({ code: "check-certificate" });
    expect(
      await version({
        kubeconfig: kubeconfig({ "certificate-authority": undefined, "insecure-skip-tls-verify": true }, user),
      }),
    ).toMatchObject(served);
  });

  it("chooses the context by name, and refuses one that is not there", async () => {
    const file = kubeconfig({}, { token: "very-secret-token" });
    expect((await failure({ kubeconfig: file, context: "b" })).status).toBe(401);
    expect(await failure({ kubeconfig: file, context: "nope" })).toMatchObject({ reason: "not-configured" });
  });

  it("reads a token file named relative to the kubeconfig", async () => {
    writeFileSync(join(folder, "token"), "very-secret-token\n");
    expect(await version({ kubeconfig: kubeconfig({}, { tokenFile: "token" }) })).toMatchObject(served);
  });

  it("runs a credential plugin, and runs it again when its token is refused", async () => {
    const plugin = join(folder, "plugin.mjs");
    writeFileSync(
      plugin,
      `import { existsSync, writeFileSync } from "node:fs";
       const isSecond = existsSync(process.argv[2]);
       writeFileSync(process.argv[2], process.env.KUBERNETES_EXEC_INFO + process.env.EXTRA);
       console.log(JSON.stringify({ kind: "ExecCredential", status: { token: isSecond ? "very-secret-token" : "first" } }));`,
    );
    const state = join(folder, "state");
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: process.execPath,
      args: [plugin, state],
      env: [{ name: "EXTRA", value: "x" }],
      interactiveMode: "Never",
    };
    expect(await version({ kubeconfig: kubeconfig({}, { exec }) })).toMatchObject(served);
    expect(replay.requests.map((request) => request.authorization)).toEqual([
      "Bearer first",
      "Bearer very-secret-token",
    ]);
  });

  it.each([
    ["fails", "process.stderr.write('very-secret-token'); process.exit(3)", /ended with code 3/],
    ["prints no JSON", "console.log('very-secret-token')", /did not print a credential/],
    ["prints no credential", "console.log('{}')", /neither a token nor a certificate/],
  ])("says what is wrong when the plugin %s, without repeating what it printed", async (_, script, words) => {
    const exec = { command: process.execPath, args: ["-e", script] };
    const error = await failure({ kubeconfig: kubeconfig({}, { exec }) });
    expect(error).toMatchObject({ reason: "forbidden", fix: { code: "check-token" } });
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain("very-secret-token");
  });

  it("never sends a credential over plain http to another machine", async () => {
    const error = await failure({ server: "http://192.0.2.1:8080", tokenFile: replay.tokenFile });
    expect(error).toMatchObject({ reason: "not-configured" });
  });

  it.each(["not a url", "ftp://x", "https://user:very-secret-token@127.0.0.1"])(
    "refuses the address %s",
    async (server) => {
      const error = await failure({ server });
      expect(error.reason).toBe("not-configured");
      expect(error.message).not.toContain("very-secret-token");
    },
  );

  it("does not quote a kubeconfig that cannot be understood", async () => {
    const file = join(folder, "broken");
    writeFileSync(file, "users:\n- name: u\n  user: {token: very-secret-token\n: : :");
    chmodSync(file, 0o600);
    const error = await failure({ kubeconfig: file });
    expect(error.reason).toBe("not-configured");
    expect(error.message).not.toContain("very-secret-token");
  });

  it("follows no redirect", async () => {
    replay.addRule({ path: "/version", fault: { kind: "redirect" } });
    expect(await failure({ kubeconfig: replay.kubeconfigFile })).toMatchObject({ reason: "malformed", status: 302 });
  });

  it("gives up on a server that never answers", async () => {
    replay.addRule({ path: "/version", fault: { kind: "hang" } });
    const connection = await openConnection({ name: "c", kubeconfig: replay.kubeconfigFile });
    await expect(connection.api.readJson("/version", { timeoutSeconds: 0.2, retries: 0 })).rejects.toMatchObject({
      reason: "timed-out",
    });
    await connection.close();
  });

  it("refuses an answer that unpacks to more than allowed", async () => {
    const connection = await openConnection({ name: "c", kubeconfig: replay.kubeconfigFile });
    await expect(connection.api.readJson("/api/v1/pods", { maxBytes: 100_000 })).rejects.toMatchObject({
      reason: "malformed",
    });
    await connection.close();
  });
});

describe("other endpoints of a cluster", () => {
  async function headersSeenOverHttp(sendCredentials: boolean): Promise<readonly (string | undefined)[]> {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end("a 1\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo; // listening on TCP: never a pipe name
    const connection = await openConnection({ name: "c", kubeconfig: replay.kubeconfigFile });
    const endpoint = await connection.openEndpoint({ baseUrl: `http://127.0.0.1:${port}`, sendCredentials });
    expect(await endpoint.readStatus("/metrics")).toBe(200);
    await endpoint.close();
    await connection.close();
    await new Promise((resolve) => server.close(resolve));
    return seen;
  }

  it("never get the token over plain http", async () => {
    expect(await headersSeenOverHttp(true)).toEqual([undefined]);
    expect(await headersSeenOverHttp(false)).toEqual([undefined]);
  });

  it("get it over verified TLS, and only when they are meant to", async () => {
    const connection = await openConnection({ name: "c", kubeconfig: replay.kubeconfigFile });
    for (const [sendCredentials, status] of [
      [true, 200],
      [false, 401],
    ] as const) {
      const endpoint = await connection.openEndpoint({ baseUrl: replay.url, sendCredentials });
      expect(await endpoint.readStatus("/version")).toBe(status);
      await endpoint.close();
    }
    await connection.close();
  });

  it("are verified even where the kubeconfig skips it for its own server", async () => {
    const insecure = { "certificate-authority": undefined, "insecure-skip-tls-verify": true };
    const connection = await openConnection({
      name: "c",
      kubeconfig: kubeconfig(insecure, { token: "very-secret-token" }),
    });
    const endpoint = await connection.openEndpoint({ baseUrl: replay.url, sendCredentials: true });
    await expect(endpoint.readStatus("/version")).rejects.toMatchObject({ fix: { code: "check-certificate" } });
    expect(replay.requests).toEqual([]);
    await endpoint.close();
    await connection.close();
  });
});
