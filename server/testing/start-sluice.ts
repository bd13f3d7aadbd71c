import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findFreePort } from "../process/free-port.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Building the pages, unpacking the database and the first reads, on two busy cores. */
const START_LIMIT_MS = 280_000;
const STOP_LIMIT_MS = 45_000;
const LOOK_AGAIN_MS = 250;
const KEPT_OUTPUT = 20_000;
/** What a developer's shell may hold and a test must not see. */
const NOT_INHERITED = /^(SLUICE_|DATABASE_URL$|HOST$|PORT$|npm_|VITEST)/;

export type SluiceOptions = {
  /** Options of `npm start`: `["--kubeconfig", file]`. Without a cluster it is the demo fleet. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the address has to be known before; else a free one. */
  readonly port?: number;
  /** What answers when it is up; `/api/healthz` for a web role without a collector, which is never ready. */
  readonly probe?: "/api/readyz" | "/api/healthz";
};
export type RunningSluice = {
  /** Base address, without a trailing slash. */
  readonly url: string;
  /** Of the process that supervises the others. */
  readonly pid: number;
  /** The end of what the product said. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
};

/** The real product on a free port with a data directory of its own; resolves when it is ready to serve. */
export async function startSluice({
  args = [],
  env = {},
  port: given,
  probe = "/api/readyz",
}: SluiceOptions = {}): Promise<RunningSluice> {
  const dataDir = mkdtempSync(join(tmpdir(), "sluice-e2e-"));
  chmodSync(dataDir, 0o711); // a root run's database is another account, which must get through
  const port = given ?? (await findFreePort());
  const child = spawn(
    process.execPath,
    ["server/start.ts", "--port", String(port), "--data-dir", dataDir, "--host", "127.0.0.1", ...args],
    {
      cwd: ROOT,
      // The fourth descriptor closes with this process, and the product ends with it.
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: { ...inheritedEnvironment(), ...env, SLUICE_PARENT_FD: "3", NODE_ENV: "production" },
    },
  );
  const output = keepOutput(child);
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
    await gone;
    clearTimeout(timer);
    rmSync(dataDir, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitFor("the product to be ready", START_LIMIT_MS, async () => {
      if (child.exitCode !== null) throw new Error(`The product ended with code ${child.exitCode}`);
      const answer = await fetch(`${url}${probe}`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
      return answer?.ok === true;
    });
  } catch (error) {
    await stop();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${output()}`, { cause: error });
  }
  return { url, pid: child.pid ?? 0, output, stop };
}

/** Looks until `isTrue` says so. Errors: what `isTrue` throws, or that the time is over. */
export async function waitFor(what: string, limitMs: number, isTrue: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`Waited ${Math.round(limitMs / 1000)} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || NOT_INHERITED.test(name) ? [] : [[name, value]],
    ),
  );
}

function keepOutput(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(-KEPT_OUTPUT);
    });
  }
  return () => text;
}
