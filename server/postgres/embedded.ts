import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { AppError, messageOf } from "../errors.ts";
import type { Logger } from "../log.ts";
import { findFreePort } from "../process/free-port.ts";
import { findPostgresBinaries } from "./binaries.ts";
import { isRunning, takeInstanceLock } from "./instance-lock.ts";
import { choosePlace, type PostgresPlace } from "./placement.ts";

export interface EmbeddedPostgres {
  /** As the owner of the database `sluice`: no superuser. */
  readonly databaseUrl: string;
  /** As the server's superuser; for tests that make databases. */
  readonly superuserUrl: string;
  readonly dataDirectory: string;
  readonly pid: number;
  readonly port: number;
  /** Settles when the server ends for whatever reason; `expected` after `stop()`. */
  readonly ended: Promise<{ readonly expected: boolean; readonly detail: string }>;
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Where the data are kept between runs, along with the lock and the passwords. */
  readonly dataDir: string;
  readonly log: Logger;
  /** False: faster and lost with the machine; for tests alone. */
  readonly durable?: boolean;
  /** The port to take if it is free: a restarted server is found again by those who knew it. */
  readonly preferredPort?: number;
}

interface Passwords {
  readonly superuser: string;
  readonly owner: string;
}

const DATABASE = "sluice";
const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "timezone=UTC",
  "log_timezone=UTC",
  "max_connections=80",
];
const NOT_DURABLE = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"];
const POLL_MS = 25;
const PORT_ATTEMPTS = 3;
const FAST_STOP_MS = 30_000; // a fast shutdown writes a checkpoint; slow disks need a while
const IMMEDIATE_STOP_MS = 10_000;

/**
 * Starts the PostgreSQL that came with the program, on a free loopback port, and makes the database `sluice`.
 *
 * It listens with a random password, never writes to a Unix socket, and stops with this process even if that is
 * killed. Errors: `conflict` when another Sluice has the data directory; `database-unavailable` with the server's own words.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log, durable = true } = options;
  makeDataDir(dataDir);
  const lock = takeInstanceLock(dataDir);
  try {
    const binaries = findPostgresBinaries();
    const place = choosePlace(dataDir, binaries, log);
    const passwords = loadPasswords(dataDir);
    await endOrphan(place, log);
    const isFresh = !existsSync(join(place.dataDirectory, "PG_VERSION"));
    if (isFresh) initialise(place, passwords.value, durable);
    refuseOtherMajor(place, binaries.version);
    if (passwords.isNew && !isFresh) resetSuperuserPassword(place, passwords.value.superuser);
    const server = await startOnFreePort(place, durable, log, options.preferredPort);
    try {
      const address = `127.0.0.1:${server.port}`;
      const superuserUrl = `postgresql://postgres:${passwords.value.superuser}@${address}/postgres`;
      await ensureDatabase(superuserUrl, passwords.value.owner);
      return {
        databaseUrl: `postgresql://${DATABASE}:${passwords.value.owner}@${address}/${DATABASE}`,
        superuserUrl,
        dataDirectory: place.dataDirectory,
        pid: server.pid,
        port: server.port,
        ended: server.ended.finally(() => lock.release()),
        stop: () => server.stop(),
      };
    } catch (error) {
      await server.stop();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

function makeDataDir(dataDir: string): void {
  try {
    // Others may pass through when root starts, because the server is another account then; nobody may list it.
    mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  } catch (cause) {
    throw new AppError(
      "database-unavailable",
      `The data directory ${dataDir} cannot be made: ${messageOf(cause)}`,
      { dataDir },
      cause,
    );
  }
}

function loadPasswords(dataDir: string): { value: Passwords; isNew: boolean } {
  const path = join(dataDir, "postgres-passwords.json");
  if (existsSync(path)) return { value: JSON.parse(readFileSync(path, "utf8")) as Passwords, isNew: false };
  const value = { superuser: randomBytes(24).toString("hex"), owner: randomBytes(24).toString("hex") };
  try {
    writeFileSync(path, `${JSON.stringify(value)}\n`, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw new AppError(
      "database-unavailable",
      `The data directory ${dataDir} cannot be written: ${messageOf(cause)}`,
      { dataDir },
      cause,
    );
  }
  return { value, isNew: true };
}

function asAccount(place: PostgresPlace) {
  const environment: NodeJS.ProcessEnv = {
    NODE_ENV: "production",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LC_ALL: "C",
    TZ: "UTC",
  }; // nothing of ours, nothing secret
  return {
    ...(place.account === null ? {} : { uid: place.account.uid, gid: place.account.gid }),
    cwd: place.account === null ? place.base : "/", // the account may not enter the directory that we stand in
    env: process.platform === "win32" ? process.env : environment,
  };
}

/** Makes the cluster beside its final place and moves it there whole, so that a killed start leaves no half. */
function initialise(place: PostgresPlace, passwords: Passwords, durable: boolean): void {
  const draft = join(place.base, "postgres.new");
  const passwordFile = join(place.base, `postgres.pw-${randomBytes(4).toString("hex")}`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${passwords.superuser}\n`, { mode: 0o600, flag: "wx" });
  try {
    if (place.account !== null) {
      chownSync(draft, place.account.uid, place.account.gid);
      chownSync(passwordFile, place.account.uid, place.account.gid);
    }
    const initdb = spawnSync(
      join(place.binDirectory, "initdb"),
      [
        ...["--pgdata", draft, "--username", "postgres", "--pwfile", passwordFile, "--auth", "scram-sha-256"],
        // The built-in locale sorts the same on every machine and does not depend on what the system has installed.
        ...["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
        ...(durable ? [] : ["--no-sync"]),
      ],
      { ...asAccount(place), encoding: "utf8" },
    );
    if (initdb.status !== 0) {
      const words = `${initdb.stderr ?? ""}${initdb.error ? messageOf(initdb.error) : ""}`.trim();
      throw new AppError("database-unavailable", `PostgreSQL could not be set up in ${place.dataDirectory}: ${words}`);
    }
    rmSync(place.dataDirectory, { recursive: true, force: true }); // empty: it has no PG_VERSION
    renameSync(draft, place.dataDirectory);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

function refuseOtherMajor(place: PostgresPlace, packageVersion: string): void {
  const major = readFileSync(join(place.dataDirectory, "PG_VERSION"), "utf8").trim();
  const ours = packageVersion.split(".")[0];
  if (major === ours) return;
  throw new AppError(
    "database-unsupported",
    `The data in ${place.dataDirectory} were written by PostgreSQL ${major}, this program brings ${ours}. Dump and restore them, or start with the version of Sluice that wrote them.`,
  );
}

/** The passwords were lost and made anew: the server, alone and offline, learns the superuser's. */
function resetSuperuserPassword(place: PostgresPlace, password: string): void {
  const single = spawnSync(join(place.binDirectory, "postgres"), ["--single", "-D", place.dataDirectory, "postgres"], {
    ...asAccount(place),
    input: `ALTER ROLE postgres PASSWORD '${password}'\n`, // hexadecimal digits
    encoding: "utf8",
  });
  if (single.status !== 0) {
    throw new AppError("database-unavailable", `PostgreSQL could not take a new password: ${single.stderr.trim()}`);
  }
}

/**
 * A server whose supervisor was killed ends by itself (see `watchOver`), but may still be writing its checkpoint, and
 * a container that was frozen and restarted may find its own process id in use by something else.
 */
async function endOrphan(place: PostgresPlace, log: Logger): Promise<void> {
  const pidFile = join(place.dataDirectory, "postmaster.pid");
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, "utf8").split("\n")[0]);
  if (Number.isInteger(pid) && pid > 1 && isRunning(pid) && isServerOf(pid, place.dataDirectory)) {
    log.info({ pid }, "Stopping the PostgreSQL that an earlier start left behind");
    await endProcess(pid);
  }
  rmSync(pidFile, { force: true });
}

function isServerOf(pid: number, dataDirectory: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDirectory); // the server changes into its data directory
  } catch {
    const ps = spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
    return ps.status === 0 && ps.stdout.includes("postgres") && ps.stdout.includes(dataDirectory);
  }
}

/** Fast shutdown (sessions are cut, a checkpoint is written), then immediate (recovery at the next start), then kill. */
async function endProcess(pid: number): Promise<void> {
  for (const [signal, waitMs] of [
    ["SIGINT", FAST_STOP_MS],
    ["SIGQUIT", IMMEDIATE_STOP_MS],
    ["SIGKILL", IMMEDIATE_STOP_MS],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") return;
      throw error;
    }
    const giveUpAt = Date.now() + waitMs;
    while (Date.now() < giveUpAt) {
      if (!isRunning(pid)) return;
      await sleep(POLL_MS);
    }
  }
}

interface Server {
  readonly port: number;
  readonly pid: number;
  readonly ended: EmbeddedPostgres["ended"];
  stop(): Promise<void>;
}

async function startOnFreePort(
  place: PostgresPlace,
  durable: boolean,
  log: Logger,
  preferredPort: number | undefined,
): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    const port = attempt === 1 && preferredPort !== undefined ? preferredPort : await findFreePort();
    const words: string[] = [];
    const server = spawnServer(place, port, durable, words, log);
    if (await becomesReady(server, place)) return server;
    await server.stop();
    const text = words.join("\n");
    const isPortTaken = /could not (bind|create any TCP\/IP sockets)/i.test(text);
    if (isPortTaken && attempt < PORT_ATTEMPTS) continue; // somebody took the port between finding and using it
    throw new AppError(
      "database-unavailable",
      `PostgreSQL did not start in ${place.dataDirectory}: ${text || "it said nothing"}`,
    );
  }
}

function spawnServer(place: PostgresPlace, port: number, durable: boolean, words: string[], log: Logger): Server {
  const settings = [...SETTINGS, ...(durable ? [] : NOT_DURABLE)].flatMap((setting) => ["-c", setting]);
  const child = spawn(
    join(place.binDirectory, "postgres"),
    ["-D", place.dataDirectory, "-p", String(port), ...settings],
    {
      ...asAccount(place),
      stdio: ["ignore", "ignore", "pipe"],
      detached: true, // Ctrl-C at a terminal reaches the whole group; the server is to end last, by our hand
    },
  );
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    for (const line of text.split("\n").filter((part) => part.trim() !== "")) {
      words.push(line);
      if (words.length > 20) words.shift();
      log.debug({ source: "postgres" }, line);
    }
  });
  const pid = child.pid ?? -1;
  const watcher = pid > 0 ? watchOver(pid, place) : null;
  let isStopping = false;
  const ended: Server["ended"] = new Promise((resolve) => {
    const finish = (detail: string) => {
      watcher?.kill("SIGKILL");
      resolve({ expected: isStopping, detail });
    };
    child.once("error", (error) => {
      words.push(messageOf(error));
      finish(messageOf(error));
    });
    child.once("close", (code, signal) =>
      finish(`ended with ${signal ?? `code ${code}`}: ${words.slice(-3).join(" / ")}`),
    );
  });
  let stopping: Promise<void> | null = null;
  const stop = () => {
    isStopping = true;
    stopping ??= (pid > 0 ? endProcess(pid) : Promise.resolve()).then(async () => void (await ended));
    return stopping;
  };
  return { port, pid, ended, stop };
}

/**
 * A shell that waits for this process to be gone – its end of the pipe closes however we end, `kill -9` included – and
 * then asks the server to shut down.
 */
function watchOver(pid: number, place: PostgresPlace): ChildProcess | null {
  if (process.platform === "win32") return null;
  const watcher = spawn("/bin/sh", ["-c", 'read -r _; kill -INT "$1"', "sluice-postgres-watch", String(pid)], {
    ...asAccount(place),
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watcher.on("error", () => undefined); // without a shell the server outlives a kill; the next start ends it
  watcher.unref();
  (watcher.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return watcher;
}

/** Ready as the server says it in line 8 of its pid file; recovery after a crash may take minutes, its end ends the wait. */
async function becomesReady(server: Server, place: PostgresPlace): Promise<boolean> {
  let hasEnded = false;
  void server.ended.then(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    const lines = existsSync(join(place.dataDirectory, "postmaster.pid"))
      ? readFileSync(join(place.dataDirectory, "postmaster.pid"), "utf8").split("\n")
      : [];
    if (lines[0] === String(server.pid) && lines[7]?.trim() === "ready") return true;
    await sleep(POLL_MS);
  }
  return false;
}

async function ensureDatabase(superuserUrl: string, ownerPassword: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl, connectionTimeoutMillis: 30_000 });
  await client.connect();
  try {
    const role = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [DATABASE]);
    const verb = role.rowCount === 0 ? "CREATE" : "ALTER";
    await client.query(`${verb} ROLE ${DATABASE} LOGIN PASSWORD ${client.escapeLiteral(ownerPassword)}`);
    const database = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (database.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${DATABASE}`);
  } finally {
    await client.end();
  }
}
