import { readFileSync } from "node:fs";
import { collectInventory } from "../../server/collect/kubernetes/collect-inventory.ts";
import { openConnection } from "../../server/collect/kubernetes/connection.ts";
import { loadConfig } from "../../server/config.ts";
import { toKubernetesSource } from "../../server/jobs/source-pool.ts";
import { readAndDiscard } from "./read-lists.ts";

/** One read of one kind (`collect` or `discard`) in a process of its own; prints a line of JSON. */
const [mode, configFile = ""] = process.argv.slice(2);
const [cluster] = loadConfig(["--config", configFile], {}).clusters;
if (cluster === undefined) throw new Error("The configuration names no cluster.");
const connection = await openConnection(toKubernetesSource(cluster));
const before = process.cpuUsage();
const startedAt = performance.now();
let counts: Record<string, number>;
if (mode === "collect") {
  const { parts, sources } = await collectInventory(connection);
  counts = {
    pods: parts.pods.state === "value" ? parts.pods.value.length : 0,
    nodes: parts.nodes.state === "value" ? parts.nodes.value.length : 0,
    pages: sources.reduce((sum, source) => sum + source.queryCount, 0),
    receivedBytes: sources.reduce((sum, source) => sum + source.receivedBytes, 0),
  };
} else {
  const { pageCount, ...bytes } = await readAndDiscard(connection);
  counts = { pages: pageCount, ...bytes };
}
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(before);
const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
const peakBytes = Number(peak) * 1024;
process.stdout.write(`${JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, peakBytes, ...counts })}\n`);
await connection.close();
