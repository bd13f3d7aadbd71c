import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Config, loadConfig } from "../config.ts";
import { AppError } from "../errors.ts";
import { createLogger } from "../log.ts";
import type { EmbeddedPostgres } from "../postgres/embedded.ts";
import { isRunning } from "../postgres/instance-lock.ts";
import type { ChildSpec } from "./child.ts";
import { type Parts, type Running, supervise } from "./supervisor.ts";

const PART = fileURLToPath(new URL("./fixtures/part.ts", import.meta.url));
const SUPERVISOR = fileURLToPath(new URL("./fixtures/supervisor-main.ts", import.meta.url));

let directory: string;
let notes: string;
let running: Running | null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-supervisor-"));
  notes = join(directory, "notes");
  writeFileSync(notes, "");
  running = null;
});
afterEach(async () => {
  await running?.stop();
  rmSync(directory, { recursive: true });
});

function noted(): string[] {
  return readFileSync(notes, "utf8").trimEnd().split("\n");
}
function note(words: string): void {
  writeFileSync(notes, `${words}\n`, { flag: "a" });
}
function startedPids(name: string): number[] {
  return noted().flatMap((line) => (line.startsWith(`${name} started`) ? [Number(line.split(" ")[2])] : []));
}
/** "web started", "web stopped" … without process ids and environment. */
function order(): string[] {
  return noted().map((line) => line.split(" ").slice(0, 2).join(" "));
}

function fakeDatabase(port = 5): EmbeddedPostgres & { crash(): void } {
  const end = Promise.withResolvers<{ expected: boolean; detail: string }>();
  note("postgres started");
  return {
    databaseUrl: `postgresql://x@127.0.0.1:${port}/sluice`,
    superuserUrl: "",
    dataDirectory: directory,
    pid: 1,
    port,
    ended: end.promise,
    crash: () => end.resolve({ expected: false, detail: "code 2" }),
    async stop() {
      end.resolve({ expected: true, detail: "code 0" });
      if (!noted().includes("postgres stopped")) note("postgres stopped");
    },
  };
}

function child(
  name: string,
  env: Parts["web"] extends (env: infer E, ...rest: never[]) => unknown ? E : never,
  mode = "",
): ChildSpec {
  return { name, entry: PART, args: [name, mode], cwd: directory, env: { ...env, NOTES: notes }, graceMs: 5000 };
}
function fakeParts(changes: Partial<Parts> = {}): Parts {
  return {
    startDatabase: async () => fakeDatabase(),
    migrate: async () => {
      note("database migrated");
      return { applied: [], serverVersion: "18.4" };
    },
    buildWeb: async () => note("pages built"),
    web: (env) => child("web", env),
    collector: (env) => child("collector", env),
    demo: (env) => child("demo", env),
    ...changes,
  };
}
function start(parts: Parts, argv: string[] = [], signal = new AbortController().signal): Promise<Running> {
  const config: Config = loadConfig(["--port", "0", ...argv], {}, directory);
  const env = { ...process.env, SLUICE_KUBECONFIG: config.clusters.length > 0 ? "k" : undefined };
  return supervise({ config, env, parts, log: createLogger({ level: "silent" }), signal, restartWaitMs: 1 });
}

describe("supervise", () => {
  it("starts everything in order, answers, and stops web, collector, demo and database in that order", async () => {
    running = await start(fakeParts());
    expect((await fetch(`${running.url}/`)).status).toBe(200);
    await vi.waitFor(() => expect(startedPids("collector")).toHaveLength(1));
    await running.stop();
    expect(order().slice(0, 4)).toEqual(["postgres started", "database migrated", "pages built", "demo started"]);
    expect(order().slice(-4)).toEqual(["web stopped", "collector stopped", "demo stopped", "postgres stopped"]);
    for (const pid of ["web", "collector", "demo"].flatMap(startedPids)) expect(isRunning(pid)).toBe(false);
  });

  it("gives the demo's configuration to collector and web", async () => {
    running = await start(fakeParts());
    await vi.waitFor(() => expect(startedPids("collector")).toHaveLength(1));
    for (const name of ["web", "collector"]) {
      expect(noted().find((line) => line.startsWith(`${name} started`))).toContain(`${name} demo=/demo/sluice.yaml`);
    }
  });

  it("tells the collector how to reach a cluster, and the web nothing of it", async () => {
    writeFileSync(join(directory, "kube"), "current-context: a\n");
    running = await start(fakeParts(), ["--kubeconfig", "kube"]);
    await vi.waitFor(() => expect(startedPids("collector")).toHaveLength(1));
    expect(order()).not.toContain("demo started");
    expect(noted().find((line) => line.startsWith("collector started"))).toContain("kubeconfig=k");
    expect(noted().find((line) => line.startsWith("web started"))).toContain("kubeconfig=-");
  });

  it("starts a crashed collector again", async () => {
    running = await start(fakeParts());
    await vi.waitFor(() => expect(startedPids("collector")).toHaveLength(1));
    process.kill(startedPids("collector")[0] ?? 0, "SIGKILL");
    await vi.waitFor(() => expect(startedPids("collector")).toHaveLength(2), { timeout: 10_000 });
  });

  it("lets web and collector know when a restarted demo or database is found elsewhere", async () => {
    const databases: ReturnType<typeof fakeDatabase>[] = [];
    const startDatabase = async () => {
      const database = fakeDatabase(5 + databases.length);
      databases.push(database);
      return database;
    };
    running = await start(fakeParts({ startDatabase }));
    await vi.waitFor(() => expect(startedPids("collector")).toHaveLength(1));
    databases[0]?.crash();
    await vi.waitFor(() => expect([startedPids("collector").length, startedPids("web").length]).toEqual([2, 2]), {
      timeout: 10_000,
    });
    process.kill(startedPids("demo")[0] ?? 0, "SIGKILL");
    await vi.waitFor(() => expect([startedPids("collector").length, startedPids("web").length]).toEqual([3, 3]), {
      timeout: 10_000,
    });
  });

  it("stops what it started when the web does not come up", async () => {
    const parts = fakeParts({ web: (env) => child("web", env, "broken") });
    await expect(start(parts)).rejects.toThrow("The web process ended while starting (code 3)");
    expect(order().at(-1)).toBe("postgres stopped");
    for (const pid of ["collector", "demo"].flatMap(startedPids)) expect(isRunning(pid)).toBe(false);
  });

  it("says that the demo does not come up", async () => {
    await expect(start(fakeParts({ demo: (env) => child("demo", env, "broken") }))).rejects.toThrow(
      "The demo fleet did not start (code 3)",
    );
  });

  it("stops half-way when asked to", async () => {
    const asked = new AbortController();
    const parts = fakeParts({ buildWeb: async () => asked.abort() });
    await expect(start(parts, [], asked.signal)).rejects.toMatchObject({ name: "AbortError" });
    expect(order()).toEqual(["postgres started", "database migrated", "postgres stopped"]);
  });

  it("waits for a database of its own that comes up later, but not for one that is too old", async () => {
    let tries = 0;
    const migrate = async () => {
      tries += 1;
      throw new AppError(tries === 1 ? "database-unavailable" : "database-unsupported", "no");
    };
    await expect(start(fakeParts({ migrate }), ["--database-url", "postgres://h/d"])).rejects.toMatchObject({
      code: "database-unsupported",
    });
    expect(tries).toBe(2);
  });
});

describe("a child", () => {
  it("stops by itself when the supervisor is killed", async () => {
    const supervisor = spawn(process.execPath, [SUPERVISOR, PART], {
      env: { ...process.env, NOTES: notes },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = Number(String((await supervisor.stdout.take(1).toArray())[0]).trim());
    await vi.waitFor(() => expect(order()).toContain("part started"), { timeout: 10_000 });
    supervisor.kill("SIGKILL");
    await vi.waitFor(() => expect(order()).toContain("part stopped"), { timeout: 10_000 });
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000 });
  });
});
