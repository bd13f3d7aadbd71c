import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTEN = "0A";

/** Remote ports of the connections that processes opened (not of those that they accepted). Linux only. */
export function peersOf(pids: readonly number[]): Set<number> {
  const ports = new Set<number>();
  for (const pid of pids) {
    try {
      const own = new Set(
        readdirSync(`/proc/${pid}/fd`).flatMap(
          (fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1] ?? [],
        ),
      );
      const rows = ["tcp", "tcp6"].flatMap((kind) =>
        readFileSync(`/proc/${pid}/net/${kind}`, "utf8").split("\n").slice(1),
      );
      const sockets = rows.map((row) => row.trim().split(/\s+/)).filter((fields) => own.has(fields[9] ?? ""));
      const listening = new Set(sockets.filter((fields) => fields[3] === LISTEN).map((fields) => portOf(fields[1])));
      for (const fields of sockets) {
        if (fields[3] !== LISTEN && !listening.has(portOf(fields[1]))) ports.add(portOf(fields[2]));
      }
    } catch {
      // ended meanwhile
    }
  }
  return ports;
}

function portOf(address: string | undefined): number {
  return Number.parseInt(address?.split(":").at(-1) ?? "0", 16);
}
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // closed meanwhile
  }
}
