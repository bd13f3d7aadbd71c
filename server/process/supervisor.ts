import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config.ts";
import { AppError, isAppError, messageOf } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { EmbeddedPostgres } from "../postgres/embedded.ts";
import { type Child, type ChildSpec, type KeptChild, keepRunning } from "./child.ts";
import { findFreePort, requireFreePort } from "./free-port.ts";

export type PartEnvironment = Readonly<NodeJS.ProcessEnv>;

/** What the supervisor puts together; `start.ts` gives the real ones. */
export interface Parts {
  startDatabase(preferredPort?: number): Promise<EmbeddedPostgres>;
  migrate(databaseUrl: string): Promise<{ readonly applied: readonly string[]; readonly serverVersion: string }>;
  buildWeb(): Promise<void>;
  web(env: PartEnvironment, host: string, port: number): ChildSpec;
  collector(env: PartEnvironment): ChildSpec;
  /** Prints `{"ready":true,"configFile":"…"}` as one line of standard output once the fleet answers. */
  demo(env: PartEnvironment): ChildSpec;
}

export interface Running {
  /** Where the pages are; `null` for a collector alone. */
  readonly url: string | null;
  /** Stops everything in order: web, collector, demo, PostgreSQL. May be called at any time and more than once. */
  stop(): Promise<void>;
}

export interface SupervisorOptions {
  readonly config: Config;
  readonly env: PartEnvironment;
  readonly parts: Parts;
  readonly log: Logger;
  /** Ends the start half-way; what has started by then is stopped. */
  readonly signal: AbortSignal;
  readonly restartWaitMs?: number;
}

const DATABASE_WAIT_MS = 60_000; // a composed installation starts its database at the same time as us
const WEB_WAIT_MS = 60_000;
const DEMO_WAIT_MS = 180_000;
const POLL_MS = 50;
const RETRY_MS = 1000;

/** Starts the parts of the configured role, one after the other, and keeps them running. */
export async function supervise(options: SupervisorOptions): Promise<Running> {
  const { config, parts, log, signal } = options;
  const stops: (() => Promise<void>)[] = []; // in order of starting
  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopping ??= (async () => {
      for (const stopPart of stops.reverse()) {
        await stopPart().catch((error: unknown) => log.error({ err: error }, "A part did not stop cleanly"));
      }
    })();
    return stopping;
  };
  const keep = (spec: () => ChildSpec, onStart?: (child: Child, isRestart: boolean) => void): KeptChild => {
    const wait = options.restartWaitMs === undefined ? {} : { firstWaitMs: options.restartWaitMs };
    const kept = keepRunning(spec, { log, ...wait, ...(onStart ? { onStart } : {}) });
    stops.push(() => kept.stop());
    return kept;
  };

  try {
    const dependents: KeptChild[] = []; // those that must learn when an address changes
    const restartDependents = async () => void (await Promise.all(dependents.map((kept) => kept.restart())));
    const base: NodeJS.ProcessEnv = {
      ...childEnvironment(options.env),
      SLUICE_DATA_DIR: config.dataDir,
    };

    if (config.databaseUrl === null) {
      const database = await keepDatabase(parts, log, (url) => {
        base.DATABASE_URL = url;
        void restartDependents();
      });
      stops.push(() => database.stop());
      base.DATABASE_URL = database.url;
    } else {
      base.DATABASE_URL = config.databaseUrl;
    }
    signal.throwIfAborted();
    await migrateWhenReachable(base.DATABASE_URL ?? "", options);
    signal.throwIfAborted();
    if (config.role !== "collector") await parts.buildWeb();
    signal.throwIfAborted();

    if (config.isDemo && config.role !== "web" && config.clusters.length === 0) {
      base.SLUICE_DEMO_CONFIG = await startDemo(options, base, keep, () => void restartDependents());
      signal.throwIfAborted();
    }
    let url: string | null = null;
    const startCollector = () => {
      if (config.role !== "web") dependents.push(keep(() => parts.collector({ ...base, SLUICE_ROLE: "collector" })));
    };
    if (config.role !== "collector") {
      const { host } = config;
      const port = config.port === 0 ? await findFreePort(host) : await requireFreePort(host, config.port);
      const environment = () => webEnvironment(base, config, port);
      startCollector(); // before the web, so that the web stops first
      const first = Promise.withResolvers<Child>();
      dependents.push(
        keep(
          () => parts.web(environment(), host, port),
          (child) => first.resolve(child),
        ),
      );
      url = `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
      await answers(`${url}/api/healthz`, await first.promise, signal);
    } else {
      startCollector();
    }
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The web role never learns how sources are reached: of sluice.yaml it gets what holds for the whole installation. */
function webEnvironment(base: PartEnvironment, config: Config, port: number): PartEnvironment {
  const {
    SLUICE_KUBECONFIG: _file,
    SLUICE_CONTEXT: _context,
    SLUICE_PROMETHEUS: _prometheus,
    KUBECONFIG: _own,
    ...rest
  } = base;
  const installation = {
    currency: config.billing.currency,
    timeZone: config.billing.timeZone,
    isDemo: config.isDemo,
    teamsFrom: config.teams.from.map((source) =>
      source.kind === "namespace" ? source.kind : `${source.kind}:${source.key}`,
    ),
    retention: config.retention,
  };
  return {
    ...rest,
    SLUICE_ROLE: "web",
    SLUICE_INSTALLATION: JSON.stringify(installation),
    // Never what the environment brought along: who may sign in is said by sluice.yaml.
    SLUICE_AUTH: config.auth === null ? undefined : JSON.stringify(config.auth),
    SLUICE_ALLOWED_HOSTS: allowedHosts(rest.SLUICE_ALLOWED_HOSTS, config),
    HOST: config.host,
    PORT: String(port),
  };
}

/** Who signs in comes through the public address; its Host is ours then. */
function allowedHosts(given: string | undefined, { auth }: Config): string | undefined {
  const host = auth?.publicUrl === null || auth === null ? null : (URL.parse(auth.publicUrl)?.host ?? null);
  return host === null ? given : [given, host].filter((name) => name !== undefined && name !== "").join(",");
}

function childEnvironment(env: PartEnvironment): NodeJS.ProcessEnv {
  const { SLUICE_PARENT_FD: _ours, ...rest } = env;
  return { ...rest, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
}

/** The embedded server, started again when it crashes: on the same port if it can, else `onMoved` tells the new address. */
async function keepDatabase(parts: Parts, log: Logger, onMoved: (url: string) => void) {
  let isStopping = false;
  let server = await parts.startDatabase();
  const url = server.databaseUrl;
  const loop = (async () => {
    while (!isStopping) {
      const { detail } = await server.ended;
      if (isStopping) return;
      log.error({ process: "postgres", ended: detail }, "PostgreSQL ended unexpectedly; starting it again");
      for (let isUp = false; !isUp && !isStopping; ) {
        try {
          const before = server.databaseUrl;
          server = await parts.startDatabase(server.port);
          isUp = true;
          if (server.databaseUrl !== before) onMoved(server.databaseUrl);
        } catch (error) {
          log.error({ err: error }, "PostgreSQL did not start");
          await sleep(RETRY_MS);
        }
      }
    }
  })();
  return {
    url,
    async stop() {
      isStopping = true;
      await server.stop();
      await loop;
      await server.stop(); // one that came up while we were stopping
    },
  };
}

async function migrateWhenReachable(databaseUrl: string, { parts, log, signal }: SupervisorOptions): Promise<void> {
  const giveUpAt = performance.now() + DATABASE_WAIT_MS;
  for (;;) {
    try {
      const { applied, serverVersion } = await parts.migrate(databaseUrl);
      log.info(
        { serverVersion, applied: applied.length },
        applied.length === 0 ? "The database is up to date" : "The database was migrated",
      );
      return;
    } catch (error) {
      if (!isAppError(error) || error.code !== "database-unavailable" || performance.now() > giveUpAt) throw error;
      log.warn({ reason: messageOf(error) }, "Waiting for the database");
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}

async function startDemo(
  { parts, signal }: SupervisorOptions,
  base: PartEnvironment,
  keep: (spec: () => ChildSpec, onStart?: (child: Child, isRestart: boolean) => void) => KeptChild,
  onRestarted: () => void,
): Promise<string> {
  const first = Promise.withResolvers<string>();
  let isReady = false;
  const onLine = (line: string) => {
    const configFile = readyLine(line);
    if (configFile === null) return;
    if (isReady) onRestarted(); // it listens on other ports now, and has written them to the same file
    isReady = true;
    first.resolve(configFile);
  };
  const spec = () => ({ ...parts.demo(base), onLine });
  keep(spec, (child) => {
    void child.ended.then(({ detail }) =>
      first.reject(new AppError("internal", `The demo fleet did not start (${detail}).`)),
    );
  });
  return withDeadline(first.promise, DEMO_WAIT_MS, "The demo fleet did not become ready.", signal);
}

function readyLine(line: string): string | null {
  try {
    const message: unknown = JSON.parse(line);
    if (typeof message !== "object" || message === null || !("ready" in message) || !("configFile" in message))
      return null;
    return message.ready === true && typeof message.configFile === "string" ? message.configFile : null;
  } catch {
    return null; // some other line
  }
}

/** Waits until a GET is answered with 200. Fails as soon as the process that should answer ends. */
async function answers(url: string, child: Child, signal: AbortSignal): Promise<void> {
  let end: string | null = null;
  void child.ended.then(({ detail }) => {
    end = detail;
  });
  const giveUpAt = performance.now() + WEB_WAIT_MS;
  let last = "no answer";
  while (performance.now() < giveUpAt) {
    signal.throwIfAborted();
    if (end !== null) throw new AppError("internal", `The web process ended while starting (${end}).`);
    try {
      const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5000) });
      await response.body?.cancel();
      if (response.status === 200) return;
      last = `status ${response.status}`;
    } catch (error) {
      last = messageOf(error);
    }
    await sleep(POLL_MS);
  }
  throw new AppError("timed-out", `The web process did not become healthy: ${last}.`, { url });
}

async function withDeadline<T>(promise: Promise<T>, ms: number, words: string, signal: AbortSignal): Promise<T> {
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: AbortSignal.any([timer.signal, signal]) }).then(() => {
    throw new AppError("timed-out", words);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}
