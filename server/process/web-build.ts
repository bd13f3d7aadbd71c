import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError, isAppError, messageOf } from "../errors.ts";
import type { Logger } from "../log.ts";
import { type InstanceLock, takeLock } from "../postgres/instance-lock.ts";

// All that the built pages depend on.
const SOURCES = [
  ...["app", "components", "server", "public", "messages"],
  ...[
    "proxy.ts",
    "instrumentation.ts",
    "next.config.js",
    "postcss.config.mjs",
    "tsconfig.json",
    "package.json",
    "package-lock.json",
  ],
];
// Parts of server/ that no page can import.
const NOT_IN_PAGES = new Set(["demo", "testing", "jobs", "collect", "postgres", "process", "node_modules"]);
/** As next.config.js has it: several servers in one tree need an output directory each. */
const DIST = process.env.SLUICE_DIST_DIR ?? ".next";
const STAMP = join(DIST, "sluice-stamp");
const WAIT_MS = 300;

/** Builds the pages unless the last build was made of the very same files. */
export async function ensureWebBuild(root: string, log: Logger): Promise<void> {
  const lock = await takeBuildLock(root, log);
  try {
    const hash = hashSources(root);
    const stamp = join(root, STAMP);
    if (existsSync(join(root, DIST, "BUILD_ID")) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
    const startedAt = performance.now();
    log.info("Building the pages (once for each version)");
    rmSync(stamp, { force: true });
    await build(root);
    writeFileSync(stamp, hash);
    log.info({ durationSeconds: Math.round((performance.now() - startedAt) / 100) / 10 }, "The pages are built");
  } finally {
    lock.release();
  }
}

async function takeBuildLock(root: string, log: Logger): Promise<InstanceLock> {
  for (let waited = false; ; waited = true) {
    try {
      return takeLock(join(root, ".cache", "build.lock"), (pid) => `Process ${pid ?? "?"} is building the pages.`);
    } catch (error) {
      if (!isAppError(error) || error.code !== "conflict") {
        throw new AppError("internal", `The pages cannot be built in ${root}: ${messageOf(error)}`, {}, error);
      }
      if (!waited) log.info("Waiting for another start that is building the pages");
      await sleep(WAIT_MS);
    }
  }
}

export function hashSources(root: string): string {
  const hash = createHash("sha256").update(process.version);
  const visit = (path: string) => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full).sort()) {
        if (name.startsWith(".") || /\.test\.tsx?$/.test(name) || (path === "server" && NOT_IN_PAGES.has(name)))
          continue;
        visit(join(path, name));
      }
      return;
    }
    hash.update(path).update("\0").update(readFileSync(full)).update("\0");
  };
  for (const source of SOURCES) visit(source);
  return hash.digest("hex");
}

function build(root: string): Promise<void> {
  const next = join(root, "node_modules", "next", "dist", "bin", "next");
  // Nothing of the environment that names a database or a source: pages are built from files alone.
  const { DATABASE_URL: _database, ...env } = process.env;
  const child = spawn(process.execPath, [next, "build"], {
    cwd: root,
    env: { ...env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      lines.push(text);
      if (lines.length > 400) lines.shift();
    });
  }
  const onEnd = () => child.kill("SIGTERM");
  process.once("exit", onEnd);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      process.off("exit", onEnd);
      if (code === 0) return resolve();
      const words = lines.join("").trim().split("\n").slice(-40).join("\n");
      reject(new AppError("internal", `The pages could not be built (${signal ?? `code ${code}`}):\n${words}`));
    });
  });
}
