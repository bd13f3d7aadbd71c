import { Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isBehindTls } from "./auth-settings.ts";
import { prepareSignIn } from "./command/prepare-sign-in.ts";
import { type Config, isLoopback, loadConfig, redactConfig, USAGE } from "./config.ts";
import { isAppError } from "./errors.ts";
import { log } from "./log.ts";
import { startEmbeddedPostgres } from "./postgres/embedded.ts";
import { COLLECTOR_NODE_FLAGS } from "./process/collector-flags.ts";
import { type Parts, supervise } from "./process/supervisor.ts";
import { ensureWebBuild } from "./process/web-build.ts";
import { openStore } from "./store/client.ts";
import { migrate } from "./store/migrate.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What has to be told to whoever starts the first time; only on standard output, never in a log. */
type Setup = { link: { readonly path: string; readonly userName: string } | null };

function realParts(config: Config, setup: Setup): Parts {
  const child = { cwd: ROOT };
  return {
    startDatabase: (preferredPort) =>
      startEmbeddedPostgres({
        dataDir: config.dataDir,
        log,
        ...(preferredPort === undefined ? {} : { preferredPort }),
      }),
    migrate: async (databaseUrl) => {
      const result = await migrate(databaseUrl);
      if (config.auth !== null && config.role !== "collector") {
        const store = openStore(databaseUrl, { maxConnections: 1, applicationName: "sluice-setup" });
        try {
          setup.link = await prepareSignIn(store.pool, config.auth, config.localUsers);
        } finally {
          await store.close();
        }
      }
      return result;
    },
    buildWeb: () => ensureWebBuild(ROOT, log),
    web: (env, host, port) => ({
      ...child,
      name: "web",
      entry: join(ROOT, "node_modules", "next", "dist", "bin", "next"),
      args: ["start", "--hostname", host.replace(/^\[(.*)\]$/, "$1"), "--port", String(port)],
      env,
      graceMs: 10_000, // requests under way
    }),
    collector: (env) => ({
      ...child,
      name: "collector",
      entry: join(ROOT, "server", "jobs", "main.ts"),
      nodeFlags: COLLECTOR_NODE_FLAGS,
      env,
      graceMs: 20_000, // reads under way are handed back to the queue
    }),
    demo: (env) => ({
      ...child,
      name: "demo",
      entry: join(ROOT, "server", "demo", "main.ts"),
      args: ["--size", config.demo.size, "--port", "0", "--seed", String(config.demo.seed)],
      env,
      graceMs: 3000,
    }),
  };
}

/** Runs until somebody asks to stop, by signal or by ending the process that started us. */
async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.includes("--help")) {
    process.stdout.write(USAGE);
    return;
  }
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  watchParent(() => stop.abort());

  const config = loadConfig(argv, process.env);
  log.debug({ config: redactConfig(config) }, "Configuration");
  const env = { ...process.env, ...flagsAsEnvironment(config) };
  const startedAt = performance.now();
  const setup: Setup = { link: null };
  const running = await supervise({ config, env, parts: realParts(config, setup), log, signal: stop.signal });
  const startSeconds = Math.round((performance.now() - startedAt) / 100) / 10;
  log.info({ role: config.role, startSeconds, isDemo: config.isDemo }, "Sluice is running");
  if (running.url !== null) {
    process.stdout.write(`\n  Sluice${config.isDemo ? " (demo fleet)" : ""}: ${running.url}\n  Ctrl-C stops it.\n\n`);
  }
  if (config.auth !== null && !isBehindTls(config.auth) && !isLoopback(config.host)) {
    log.warn(
      { publicUrl: config.auth.publicUrl },
      "Readers come without TLS: passwords and sessions can be read on the way",
    );
  }
  if (running.url !== null && setup.link !== null) {
    const base = config.auth?.publicUrl ?? running.url;
    process.stdout.write(
      `  No administrator yet. This link works once, for 24 hours: choose a password for "${setup.link.userName}"\n  ${base}${setup.link.path}\n\n`,
    );
  }
  if (!stop.signal.aborted)
    await new Promise((resolve) => stop.signal.addEventListener("abort", resolve, { once: true }));
  log.info("Stopping");
  await running.stop();
  log.info("Stopped");
}

/** What flags said, for children, who read the environment alone. */
function flagsAsEnvironment(config: Config): Record<string, string | undefined> {
  const single = config.configFile === null ? config.clusters[0] : undefined;
  const kubeconfig = single?.access.kind === "kubeconfig" ? single.access : null;
  return {
    SLUICE_CONFIG: config.configFile ?? undefined,
    SLUICE_KUBECONFIG: kubeconfig?.file,
    SLUICE_CONTEXT: kubeconfig?.context ?? undefined,
    SLUICE_PROMETHEUS: kubeconfig === null ? undefined : single?.prometheus?.url,
    SLUICE_DEMO: undefined, // SLUICE_DEMO_CONFIG says it to those who need it
  };
}

/** `scripts/run.mjs` holds a pipe open for as long as it lives. */
function watchParent(onGone: () => void): void {
  const fd = Number(process.env.SLUICE_PARENT_FD);
  if (!Number.isInteger(fd) || fd < 3) return;
  const lifeline = new Socket({ fd, readable: true, writable: false });
  lifeline.unref();
  lifeline.resume();
  lifeline.on("error", () => undefined);
  lifeline.once("close", onGone);
}

try {
  await main();
  process.exit(0);
} catch (error) {
  if (error instanceof Error && error.name === "AbortError") process.exit(0); // asked to stop while starting
  if (isAppError(error) && error.code !== "internal") process.stderr.write(`sluice: ${error.message}\n`);
  else log.fatal({ err: error }, "Sluice could not start");
  process.exit(isAppError(error) && error.code === "invalid-configuration" ? 2 : 1);
}
