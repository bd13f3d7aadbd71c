import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { Replay } from "../replay/replay-server.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const LOOK_AGAIN_MS = 100;
const WAIT_LIMIT_MS = 100_000; // a dead collector is noticed after half a minute on an idle machine
/** What a developer's shell may hold and a test must not see. */
const NOT_INHERITED = /^(SLUICE_|DATABASE_URL$|NODE_OPTIONS$|npm_|VITEST)/;

export type CollectorProcess = {
  readonly child: ChildProcess;
  /** Everything that it wrote to either output. */
  readonly output: () => string;
  /** SIGKILL: it can do nothing more. */
  readonly kill: () => Promise<void>;
  /** SIGTERM, as the supervisor does. */
  readonly stop: () => Promise<void>;
};

/** The real collector role as the supervisor starts it, with every log level on. */
export function startCollector(databaseUrl: string, configFile: string): CollectorProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  const child = spawn(process.execPath, ["server/jobs/main.ts"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...Object.fromEntries(inherited),
      NODE_ENV: "production",
      SLUICE_LOG_LEVEL: "trace",
      DATABASE_URL: databaseUrl,
      SLUICE_CONFIG: configFile,
      SLUICE_ROLE: "collector",
    },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const end = (signal: "SIGKILL" | "SIGTERM") => async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return { child, output: () => text, kill: end("SIGKILL"), stop: end("SIGTERM") };
}

/** A sluice.yaml for one replayed cluster; `more` are further lines of its entry. */
export function writeConfig(directory: string, replay: Replay, more: readonly string[] = []): string {
  const file = join(directory, "sluice.yaml");
  const lines = [
    `  - name: replayed`,
    `    kubeconfig: ${replay.kubeconfigFile}`,
    ...more.map((line) => `    ${line}`),
  ];
  writeFileSync(file, `clusters:\n${lines.join("\n")}\n`);
  return file;
}

export type ReadRow = {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly reason: string | null;
};

/** What a test asks the database, and waits for. */
export class Observer {
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
    this.#pool.on("error", () => undefined); // the database is dropped under it
  }

  async rows<Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query<Row>(sql, [...values])).rows;
  }

  async count(table: "pod" | "node" | "snapshot_part" | "verdict"): Promise<number> {
    const [row] = await this.rows<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
    return row?.count ?? 0;
  }

  /** Newest last. */
  inventories(): Promise<ReadRow[]> {
    return this.rows<ReadRow>(
      `SELECT id, kind, status, reason FROM read_record WHERE kind = 'inventory' ORDER BY started_at`,
    );
  }

  /** Errors: that the time is over, with what was seen last. */
  async until<T>(what: string, look: () => Promise<T>, isThere: (seen: T) => boolean): Promise<T> {
    const end = performance.now() + WAIT_LIMIT_MS;
    for (;;) {
      const seen = await look();
      if (isThere(seen)) return seen;
      if (performance.now() > end) throw new Error(`Waited in vain for ${what}; last seen: ${JSON.stringify(seen)}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  inventoriesWhen(what: string, isThere: (reads: readonly ReadRow[]) => boolean): Promise<ReadRow[]> {
    return this.until(what, () => this.inventories(), isThere);
  }

  /** Asks for an inventory as the page does: the schedule would wait for its cadence. */
  async makeDue(): Promise<void> {
    await this.rows(
      `UPDATE read_state SET last_started_at = last_started_at - interval '1 day' WHERE kind = 'inventory'`,
    );
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
