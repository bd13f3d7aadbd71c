import { readdirSync, readFileSync } from "node:fs";

export type Role = "web" | "collector" | "database" | "demo" | "other";
export type Usage = {
  readonly role: Role;
  readonly pid: number;
  readonly residentBytes: number;
  readonly descriptorCount: number;
};

/** Everything that runs below a process, with what it holds; processes that end meanwhile are left out. Linux only. */
export function readUsage(rootPid: number): Usage[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? textOf(`/proc/${pid}/stat`) : null;
    if (stat !== null) parents.set(pid, Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  return [...parents.keys()].filter((pid) => isBelow(pid, rootPid, parents)).flatMap(usageOf);
}

function isBelow(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at = parents.get(pid); at !== undefined && at > 1; at = parents.get(at)) if (at === root) return true;
  return false;
}

function usageOf(pid: number): Usage[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    // Postgres shares its buffers among its processes; only what is a process's own may grow.
    const resident = /^RssAnon:\s+(\d+) kB/m.exec(status)?.[1];
    if (resident === undefined) return []; // ended, not yet collected
    const descriptorCount = readdirSync(`/proc/${pid}/fd`).length;
    return [{ role: roleOf(command), pid, residentBytes: Number(resident) * 1024, descriptorCount }];
  } catch {
    return [];
  }
}

function roleOf(command: string): Role {
  if (command.includes("server/jobs/main.ts")) return "collector";
  if (command.includes("server/demo/main.ts")) return "demo";
  if (command.includes("next") && command.includes("start")) return "web";
  if (command.startsWith("next-server")) return "web";
  if (command.includes("postgres")) return "database";
  return "other";
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
