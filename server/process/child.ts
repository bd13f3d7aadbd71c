import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { messageOf } from "../errors.ts";
import type { Logger } from "../log.ts";

export interface ChildSpec {
  /** For logs and people: web, collector, demo. */
  readonly name: string;
  readonly entry: string;
  readonly args?: readonly string[];
  /** Options of Node itself. */
  readonly nodeFlags?: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** How long it may take to stop by itself. */
  readonly graceMs: number;
  /** Receives each line of its standard output; its standard error goes where ours goes. */
  readonly onLine?: (line: string) => void;
}

export interface ChildEnd {
  readonly expected: boolean;
  readonly detail: string;
}

export interface Child {
  readonly pid: number | null;
  readonly ended: Promise<ChildEnd>;
  stop(): Promise<void>;
}

const LIFELINE = fileURLToPath(new URL("./exit-with-parent.ts", import.meta.url));

/**
 * Runs a Node program that stops with us: asked by SIGTERM, killed after its grace, and by itself if we are killed.
 *
 * It gets a process group of its own, so that Ctrl-C at a terminal reaches the supervisor alone, which stops the parts in
 * their order.
 */
export function startChild(spec: ChildSpec): Child {
  const child = spawn(
    process.execPath,
    [...(spec.nodeFlags ?? []), "--import", LIFELINE, spec.entry, ...(spec.args ?? [])],
    {
      cwd: spec.cwd,
      env: spec.env,
      stdio: ["pipe", "pipe", "inherit"],
      detached: true,
    },
  );
  readLines(child, spec.onLine ?? (() => undefined));
  let isStopping = false;
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once("error", (error) => resolve({ expected: isStopping, detail: messageOf(error) }));
    child.once("close", (code, signal) => resolve({ expected: isStopping, detail: signal ?? `code ${code}` }));
  });
  let stopping: Promise<void> | null = null;
  const stop = () => {
    isStopping = true;
    stopping ??= endGroup(child, ended, spec.graceMs);
    return stopping;
  };
  return { pid: child.pid ?? null, ended, stop };
}

async function endGroup(child: ChildProcess, ended: Promise<ChildEnd>, graceMs: number): Promise<void> {
  if (child.pid === undefined) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
  try {
    process.kill(-child.pid, "SIGKILL"); // whatever it started and left
  } catch {
    // nothing was left
  }
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
}

export interface KeptChild {
  /** Stops it and starts it again at once, with what `spec` answers then. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface KeepOptions {
  readonly log: Logger;
  readonly firstWaitMs?: number;
  readonly longestWaitMs?: number;
  /** Having run this long, the next crash counts as the first. */
  readonly steadyMs?: number;
  readonly onStart?: (child: Child, isRestart: boolean) => void;
}

/** Keeps a child running: a crash is logged as one, and answered by a start after a growing wait. */
export function keepRunning(spec: () => ChildSpec, options: KeepOptions): KeptChild {
  const { log, firstWaitMs = 1000, longestWaitMs = 30_000, steadyMs = 60_000 } = options;
  let isStopped = false;
  let isRestarting = false;
  let crashes = 0;
  let child = start(false);
  let wake: (() => void) | null = null;

  function start(isRestart: boolean): Child {
    const current = startChild(spec());
    options.onStart?.(current, isRestart);
    return current;
  }
  const loop = (async () => {
    while (!isStopped) {
      const startedAt = performance.now();
      const { detail } = await child.ended;
      if (isStopped) return;
      if (isRestarting) {
        isRestarting = false;
      } else {
        crashes = performance.now() - startedAt > steadyMs ? 1 : crashes + 1;
        const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (crashes - 1));
        log.error(
          { process: spec().name, ended: detail, crashes, waitSeconds: waitMs / 1000 },
          `The ${spec().name} process ended unexpectedly; starting it again`,
        );
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, waitMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = null;
      }
      if (!isStopped) child = start(true);
    }
  })();
  return {
    async restart() {
      isRestarting = true;
      await child.stop();
    },
    async stop() {
      isStopped = true;
      wake?.();
      await child.stop();
      await loop;
    },
  };
}
