import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, sep } from "node:path";
import { AppError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { chooseServerAccount, type ServerAccount } from "./account.ts";
import type { PostgresBinaries } from "./binaries.ts";

export interface PostgresPlace {
  readonly account: ServerAccount | null;
  readonly binDirectory: string;
  /** The directory in which the data directory `postgres` lies or will be made. */
  readonly base: string;
  readonly dataDirectory: string;
}

const RECORD = "postgres-place.json";
const SYSTEM_BASE = "/var/lib/sluice";

/**
 * Where the server's programs and data lie, so that the account it runs as can reach both.
 *
 * Normally the installed package and `<dataDir>/postgres`. A root process drops to an unprivileged account, which
 * cannot enter a tree of mode 0700: then each goes to /var/lib/sluice (else the temporary directory). The place is
 * logged and written to `<dataDir>/postgres-place.json`, where the next start finds it.
 */
export function choosePlace(dataDir: string, binaries: PostgresBinaries, log: Logger): PostgresPlace {
  const inTree = join(dataDir, "postgres");
  const recorded = existsSync(join(inTree, "PG_VERSION")) ? null : readRecord(dataDir, log);
  const existing = [inTree, ...(recorded === null ? [] : [join(recorded, "postgres")])].find((directory) =>
    existsSync(join(directory, "PG_VERSION")),
  );
  const account = chooseServerAccount(existing ?? null);
  if (account === null) {
    if (recorded !== null) refuseForeignData(recorded);
    return { account, binDirectory: join(binaries.root, "bin"), base: dataDir, dataDirectory: inTree };
  }
  const binDirectory = join(reachableBinaries(binaries, account, log), "bin");
  const base = recorded ?? reachableBase(dataDir, account, log);
  return { account, binDirectory, base, dataDirectory: join(base, "postgres") };
}

function reachableBinaries(binaries: PostgresBinaries, account: ServerAccount, log: Logger): string {
  if (canRun(binaries.root, account)) return binaries.root;
  for (const parent of outsideBases()) {
    const copy = join(parent, `binaries-${binaries.version}`);
    if (!existsSync(copy)) {
      const draft = `${copy}.${randomBytes(4).toString("hex")}`;
      const skip = [".a", `${sep}pkgconfig`]; // for compiling against PostgreSQL
      cpSync(binaries.root, draft, {
        recursive: true,
        verbatimSymlinks: true,
        filter: (source) => !skip.some((ending) => source.endsWith(ending)),
      });
      try {
        renameSync(draft, copy);
      } catch (error) {
        rmSync(draft, { recursive: true, force: true }); // another start was first
        if (!existsSync(copy)) throw error;
      }
    }
    if (canRun(copy, account)) {
      log.info(
        { account: account.name, path: copy },
        "PostgreSQL's programs were copied to where its account can reach them",
      );
      return copy;
    }
  }
  throw new AppError(
    "database-unavailable",
    `The account ${account.name} can run PostgreSQL's programs neither in ${binaries.root} nor in a copy under ${outsideBases().join(" or ")}.`,
  );
}

function reachableBase(dataDir: string, account: ServerAccount, log: Logger): string {
  const inTree = join(dataDir, "postgres");
  if (canOwn(inTree, account)) return dataDir;
  if (existsSync(join(inTree, "PG_VERSION"))) {
    throw new AppError(
      "database-unavailable",
      `The data in ${inTree} belong to ${account.name}, who can no longer enter the directories above. Give those the right to be passed through (chmod a+x) or move the data.`,
    );
  }
  rmSync(inTree, { recursive: true, force: true }); // the empty directory of the attempt above
  const name = createHash("sha256").update(realpathSync(dataDir)).digest("hex").slice(0, 16);
  for (const parent of outsideBases()) {
    const base = join(parent, name);
    mkdirSync(base, { recursive: true, mode: 0o755 });
    if (!canOwn(join(base, "postgres"), account)) continue;
    writeFileSync(join(dataDir, RECORD), `${JSON.stringify({ dataDir: realpathSync(dataDir), base })}\n`, {
      mode: 0o600,
    });
    log.info(
      { account: account.name, path: base },
      `PostgreSQL's data lie in ${base}: the account ${account.name} cannot enter ${dataDir}`,
    );
    return base;
  }
  throw new AppError(
    "database-unavailable",
    `The account ${account.name} can keep PostgreSQL's data neither in ${inTree} nor under ${outsideBases().join(" or ")}.`,
  );
}

/** The recorded place, if it is this directory's: one that was copied with its tree belongs to the original. */
function readRecord(dataDir: string, log: Logger): string | null {
  const path = join(dataDir, RECORD);
  if (!existsSync(path)) return null;
  const record: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (typeof record !== "object" || record === null || !("base" in record) || !("dataDir" in record)) return null;
  const { base, dataDir: owner } = record;
  if (typeof base !== "string" || typeof owner !== "string" || !existsSync(join(base, "postgres", "PG_VERSION")))
    return null;
  if (owner !== realpathSync(dataDir) && existsSync(join(owner, RECORD))) {
    log.warn(
      { path: base, owner },
      "This data directory is a copy; the original keeps its database and this one begins anew",
    );
    return null;
  }
  log.info({ path: base }, `PostgreSQL's data lie in ${base}`);
  return base;
}

function refuseForeignData(base: string): never {
  throw new AppError(
    "database-unavailable",
    `This tree was started by root before and its data lie in ${base}. Start it as root again, or use another --data-dir.`,
  );
}

/** Directories outside the tree, made by root alone: anybody may make a name in the temporary directory first. */
function outsideBases(): string[] {
  return [SYSTEM_BASE, join(tmpdir(), "sluice-root")].filter((directory) => {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o755 });
      const facts = lstatSync(directory);
      return facts.isDirectory() && facts.uid === 0 && (facts.mode & 0o022) === 0;
    } catch {
      return false;
    }
  });
}

function canRun(root: string, account: ServerAccount): boolean {
  const { uid, gid } = account;
  return spawnSync(join(root, "bin", "postgres"), ["--version"], { uid, gid, cwd: "/", stdio: "ignore" }).status === 0;
}

/** Makes the directory the account's own and tries, as that account, to write in it. */
function canOwn(directory: string, account: ServerAccount): boolean {
  const { uid, gid } = account;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (lstatSync(directory).uid === 0) chownSync(directory, uid, gid);
  } catch {
    return false;
  }
  const probe = join(directory, `.probe-${basename(dirname(directory))}`);
  const script = ': > "$1" && rm "$1"';
  return spawnSync("/bin/sh", ["-c", script, "sh", probe], { uid, gid, cwd: "/", stdio: "ignore" }).status === 0;
}
