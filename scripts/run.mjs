// The first thing that runs, on whatever Node the machine has (20.11 or newer) and before anything is installed:
// no dependencies, no TypeScript. Installs, generates, and hands over to the Node that came with the packages.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, "node_modules");
const BUNDLED_NODE = join(MODULES, "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const NODE_MAJOR = 24; // first with type stripping and everything else that server/ relies on

const COMMANDS = {
  start: ["server/start.ts"],
  test: ["scripts/test.mjs"],
  check: ["scripts/test.mjs", "--quick"],
  bench: ["bench/main.ts"],
  soak: ["bench/soak.ts"],
  sbom: ["scripts/sbom.ts"],
  licences: ["scripts/licences.ts"],
  "hash-password": ["scripts/hash-password.ts"],
};

const [command, ...args] = process.argv.slice(2);
if (command === undefined || !Object.hasOwn(COMMANDS, command)) {
  fail(`Usage: node scripts/run.mjs ${Object.keys(COMMANDS).join("|")} [options]`, 2);
}
await withInstallLock(() => {
  installPackages();
  ensureNode();
  generateClient();
});
handOver();

/** Runs the entry on Node 24 and becomes transparent: same terminal, same signals, same exit code. */
function handOver() {
  const [entry, ...fixed] = COMMANDS[command];
  // npm changes into the project; paths among the options mean the directory that the user stood in.
  const cwd = command === "start" ? (process.env.npm_lifecycle_event && process.env.INIT_CWD) || process.cwd() : ROOT;
  const child = spawn(nodeToUse(), [join(ROOT, entry), ...fixed, ...args], {
    cwd,
    // The fourth descriptor is never written: its end tells the child that we are gone, `kill -9` included.
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    env: { ...process.env, PATH: `${dirname(BUNDLED_NODE)}:${process.env.PATH ?? ""}`, SLUICE_PARENT_FD: "3" },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // npm passes a signal to its shell, and some shells die of it without passing it on: we are left with another parent.
  const parent = process.ppid;
  const isUnderNpm = process.env.npm_lifecycle_event !== undefined;
  if (isUnderNpm) setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 250).unref();
  child.on("error", (error) => fail(`Node ${NODE_MAJOR} did not start: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
}

function installPackages() {
  if (isInstalled()) return;
  say("Installing packages (once; about a minute)");
  const started = Date.now();
  const result = npm(["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (result.status !== 0) {
    fail(
      `npm ci failed in ${ROOT}:\n${words(result)}\n\nIt needs the npm registry and write access to this directory.`,
    );
  }
  writeFileSync(join(MODULES, ".sluice-stamp"), lockHash());
  say(`Packages installed in ${Math.round((Date.now() - started) / 1000)} s`);
}

/** True when what lies in node_modules is what package-lock.json says, whoever put it there. */
function isInstalled() {
  const stamp = join(MODULES, ".sluice-stamp");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lockHash()) return true;
  const hidden = join(MODULES, ".package-lock.json"); // npm's own note of what it installed
  if (!existsSync(hidden)) return false;
  const wanted = readJson(join(ROOT, "package-lock.json")).packages;
  const present = readJson(hidden).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "" || (present[path] === undefined && (entry.optional || entry.devOptional || entry.peer))) continue;
    if (present[path]?.version !== entry.version) return false;
  }
  tryWrite(stamp, lockHash());
  return true;
}

function lockHash() {
  const platform = `${process.platform}-${process.arch}`;
  return createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .update(platform)
    .digest("hex");
}

/** The package `node` fetches its program in an install script, which some npm settings skip. */
function ensureNode() {
  if (majorOf(BUNDLED_NODE) === NODE_MAJOR) return;
  say(`Fetching Node ${NODE_MAJOR}`);
  const result = npm(["rebuild", "node", "--ignore-scripts=false", "--foreground-scripts=false"]);
  if (majorOf(BUNDLED_NODE) === NODE_MAJOR || currentMajor() >= NODE_MAJOR) return;
  fail(`Node ${NODE_MAJOR} could not be fetched (this one is ${process.version}):\n${words(result)}`);
}

function nodeToUse() {
  return majorOf(BUNDLED_NODE) === NODE_MAJOR ? BUNDLED_NODE : process.execPath;
}

function majorOf(node) {
  if (!existsSync(node)) return 0;
  const result = spawnSync(node, ["--version"], { encoding: "utf8" });
  return Number(/^v(\d+)\./.exec(result.stdout ?? "")?.[1] ?? 0);
}

function currentMajor() {
  return Number(process.versions.node.split(".")[0]);
}

/** The database client is generated from prisma/schema/ and not committed. */
function generateClient() {
  const generated = join(ROOT, "server", "store", "generated");
  const stamp = join(generated, ".stamp");
  const hash = schemaHash();
  if (existsSync(join(generated, "client.ts")) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  const node = nodeToUse();
  const prisma = join(MODULES, "prisma", "build", "index.js");
  const result = spawnSync(node, [prisma, "generate", "--schema", join(ROOT, "prisma", "schema")], {
    cwd: ROOT,
    encoding: "utf8",
    env: {
      ...process.env,
      // Generating needs no engine, yet the command looks for one and would fetch it: any file that exists contents it.
      PRISMA_SCHEMA_ENGINE_BINARY: node,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
      NO_COLOR: "1",
    },
  });
  if (result.status !== 0) fail(`The database client could not be generated:\n${words(result)}`);
  writeFileSync(stamp, hash);
}

function schemaHash() {
  const directory = join(ROOT, "prisma", "schema");
  const hash = createHash("sha256").update(readJson(join(MODULES, "prisma", "package.json")).version);
  for (const name of readdirSync(directory).sort()) hash.update(name).update(readFileSync(join(directory, name)));
  return hash.digest("hex");
}

/** One start installs or generates at a time; a lock older than this was left by one that was killed. */
async function withInstallLock(work) {
  const lock = join(ROOT, ".cache", "install.lock");
  const abandonedAfterMs = 15 * 60_000;
  try {
    mkdirSync(dirname(lock), { recursive: true });
  } catch {
    return work(); // a tree that cannot be written needs nothing, or fails below with a sentence of its own
  }
  for (let announced = false; ; announced = true) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code === "EACCES" || error.code === "EROFS") return work();
      if (error.code !== "EEXIST") throw error;
    }
    if (isAbandoned(lock, abandonedAfterMs)) rmSync(lock, { recursive: true, force: true });
    else if (!announced) say("Waiting for another start that is installing");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  tryWrite(join(lock, "pid"), String(process.pid));
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once("exit", release);
  const onSignal = () => process.exit(130);
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    return work();
  } finally {
    process.off("exit", release).off("SIGINT", onSignal).off("SIGTERM", onSignal);
    release();
  }
}

function isAbandoned(lock, afterMs) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > afterMs) return true;
    process.kill(Number(readFileSync(join(lock, "pid"), "utf8")), 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

function npm(parameters) {
  const underNpm = process.env.npm_execpath?.endsWith("npm-cli.js") ? process.env.npm_execpath : null;
  const [program, first] = underNpm ? [process.execPath, [underNpm]] : ["npm", []];
  const result = spawnSync(program, [...first, ...parameters], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === "win32" && !underNpm,
  });
  if (result.error?.code === "ENOENT") fail("npm was not found; install Node.js with npm, version 20.11 or newer.");
  return result;
}

/** What a tool said: the beginning names the problem (npm goes on with its manual), the end what came of it. */
function words(result) {
  const text = `${result.stdout ?? ""}\n${result.stderr ?? ""}`.trim();
  const lines = (text || result.error?.message || `ended with ${result.signal ?? result.status}`).split("\n");
  return (lines.length > 40 ? [...lines.slice(0, 30), "…", ...lines.slice(-10)] : lines).join("\n");
}

function tryWrite(path, text) {
  try {
    writeFileSync(path, text);
  } catch {
    // only a note that saves time at the next start
  }
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

function say(sentence) {
  process.stderr.write(`sluice: ${sentence}\n`);
}

function fail(sentence, code = 1) {
  say(sentence);
  process.exit(code);
}
