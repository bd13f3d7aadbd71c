import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../errors.ts";

interface Holder {
  readonly pid: number;
  /** When that process began, as the kernel tells it: a reused process id has another one. `null` where it cannot be read. */
  readonly began: string | null;
}

export interface InstanceLock {
  release(): void;
}

/** Takes the data directory for this process, or says who has it. */
export function takeInstanceLock(dataDir: string): InstanceLock {
  return takeLock(join(dataDir, "sluice.lock"), (pid) =>
    pid === null
      ? `The data directory ${dataDir} is being taken by other starts; try again.`
      : `Another Sluice (process ${pid}) is using the data directory ${dataDir}. Stop it, or start this one with another --data-dir.`,
  );
}

/** Takes a lock file for this process, or throws `conflict`. A lock whose process is gone is taken over. */
export function takeLock(path: string, words: (holder: number | null) => string): InstanceLock {
  mkdirSync(dirname(path), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, began: processBegan(process.pid) } satisfies Holder);
  // Written aside and linked into place, so that nobody ever reads half a lock.
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, mine, { mode: 0o644 });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        linkSync(draft, path);
        return { release: () => releaseIfMine(path, mine) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const text = readText(path);
      if (text === null) continue; // released in between
      const holder = parseHolder(text);
      if (holder !== null && isAlive(holder)) {
        throw new AppError("conflict", words(holder.pid), { path, pid: String(holder.pid) });
      }
      setAside(path, text);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new AppError("conflict", words(null), { path });
}

/** Moves a dead lock away; if another start replaced it meanwhile, puts that one back. */
function setAside(path: string, deadText: string): void {
  const aside = `${path}.dead.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    if (readText(aside) !== deadText) linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function releaseIfMine(path: string, mine: string): void {
  if (readText(path) === mine) rmSync(path, { force: true });
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const { pid, began } = JSON.parse(text) as Holder;
    return Number.isInteger(pid) ? { pid, began: began ?? null } : null;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  if (!isRunning(holder.pid)) return false;
  const began = processBegan(holder.pid);
  if (began === null && holder.pid === process.pid) return false; // a container's process 1, started again
  return began === null || holder.began === null || began === holder.began;
}

/** Whether a process does anything any more: one that ended and was not collected by its parent does not. */
export function isRunning(pid: number): boolean {
  const state = processStat(pid)?.[0];
  if (state === "Z" || state === "X") return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The start time in ticks since boot, with the boot's id; `null` without /proc. */
function processBegan(pid: number): string | null {
  const stat = processStat(pid);
  if (stat === null) return null;
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${stat[19]}`;
  } catch {
    return null;
  }
}

/** The fields of /proc/PID/stat from the third on; the second, the name, may hold spaces and brackets. */
function processStat(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
