import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type Replay, startReplay } from "../replay/replay-server.ts";
import { type CollectorProcess, Observer, startCollector, writeConfig } from "./collector-process.ts";

const SECRETS = {
  apiToken: "planted-api-token-7f3a9c",
  prometheusPassword: "planted-prometheus-password-51be",
  header: "planted-header-value-c204",
};

/** Secrets are planted where people put them; then everything that the collector wrote is searched for them. */
describe("secrets", { timeout: 60_000 }, () => {
  let database: TestDatabase;
  let replay: Replay;
  let observer: Observer;
  let prometheus: Server;
  let collector: CollectorProcess;
  const authorizations = new Set<string>();
  const directory = mkdtempSync(join(tmpdir(), "sluice-secrets-"));

  beforeAll(async () => {
    database = await createTestDatabase();
    observer = new Observer(database.url);
    replay = await startReplay({ token: SECRETS.apiToken });
    // A server that refuses and repeats what it was told, as proxies do in their error pages.
    prometheus = createServer((request, response) => {
      const { authorization = "" } = request.headers;
      authorizations.add(authorization);
      response.writeHead(403, { "content-type": "text/html" }).end(`<h1>${authorization} ${SECRETS.header}</h1>`);
    });
    await new Promise<void>((resolve) => prometheus.listen(0, "127.0.0.1", resolve));
    const { port } = prometheus.address() as AddressInfo; // a TCP server that listens has one
    writeFileSync(join(directory, "password"), SECRETS.prometheusPassword);
    const configFile = writeConfig(directory, replay, [
      "prometheus:",
      `  url: http://127.0.0.1:${port}`,
      "  basicAuth: { username: reader, passwordFile: ./password }",
      `  headers: { X-Scope-OrgID: ${SECRETS.header} }`,
    ]);
    collector = startCollector(database.url, configFile);
    await observer.until(
      "an inventory and a refused metrics read",
      () => observer.rows<{ kind: string }>(`SELECT kind FROM read_state WHERE last_finished_at IS NOT NULL`),
      (rows) => rows.some((row) => row.kind === "inventory") && rows.some((row) => row.kind === "metrics"),
    );
  });
  afterAll(async () => {
    await collector.kill();
    await observer.close();
    await replay.stop();
    await new Promise((resolve) => prometheus.close(resolve));
    await database.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  const found = (text: string) =>
    [
      ...Object.values(SECRETS),
      Buffer.from(`reader:${SECRETS.prometheusPassword}`).toString("base64"),
      new URL(database.url).password,
    ].filter((secret) => secret !== "" && text.includes(secret));

  it("were really used", () => {
    expect(replay.requests.some((request) => request.authorization === `Bearer ${SECRETS.apiToken}`)).toBe(true);
    expect([...authorizations].join()).toContain("Basic ");
  });

  it("stand in no log line, at any level", () => {
    expect(collector.output()).toContain("collector ready");
    expect(found(collector.output())).toEqual([]);
  });

  it("stand in no table", async () => {
    const tables = await observer.rows<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss')`,
    );
    expect(tables.length).toBeGreaterThan(30);
    let rowCount = 0;
    for (const { name } of tables) {
      const rows = await observer.rows<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      rowCount += rows.length;
      expect({ table: name, found: found(rows.map((entry) => entry.row).join("\n")) }).toEqual({
        table: name,
        found: [],
      });
    }
    expect(rowCount).toBeGreaterThan(1000);
  });
});
