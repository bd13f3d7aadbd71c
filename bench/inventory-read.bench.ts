import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { COLLECTOR_NODE_FLAGS } from "../server/process/collector-flags.ts";
import { atMost, type Bench, median, RUNS } from "./harness.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CHILD = fileURLToPath(new URL("inventory/child.ts", import.meta.url));
const MIB = 1024 * 1024;
const READY_LIMIT_MS = 120_000;
const READ_LIMIT_MS = 300_000;

const Ready = z.object({ ready: z.literal(true), configFile: z.string() });
const Run = z.object({
  seconds: z.number(),
  cpuSeconds: z.number(),
  peakBytes: z.number(),
  pages: z.number(),
  receivedBytes: z.number(),
});
type Run = z.infer<typeof Run>;

/**
 * One inventory of 5,000 nodes and 150,000 pods against a client that fetches, unpacks and discards the same pages, four lists
 * at once like the collector. Each run is a process of its own; the two kinds take turns, so that both meet the same machine.
 */
export const inventoryReadBench: Bench = {
  name: "inventory-read",
  async run() {
    const directory = mkdtempSync(join(tmpdir(), "sluice-bench-"));
    const demo = spawn(
      process.execPath,
      ["server/demo/main.ts", "--size", "scale", "--port", "0", "--out", directory],
      {
        cwd: ROOT,
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    try {
      const configFile = await readyConfig(demo.stdout);
      const bare: Run[] = [];
      const ours: Run[] = [];
      for (let run = 0; run <= RUNS; run += 1) {
        const discard = await readIn("discard", configFile);
        const collect = await readIn("collect", configFile);
        if (run === 0) continue; // the server's first answers
        bare.push(discard);
        ours.push(collect);
      }
      const ratios = ours.map((run, index) => run.seconds / (bare[index]?.seconds ?? Number.NaN));
      const cpu = ours.map((run, index) => run.cpuSeconds / (bare[index]?.cpuSeconds ?? Number.NaN));
      const seconds = (runs: readonly Run[]) => median(runs.map((run) => run.seconds)).toFixed(1);
      return [
        atMost("time against fetch, unpack, discard", ratios, "×", 2, `${seconds(ours)} s against ${seconds(bare)} s`),
        atMost("processor time against the same", cpu, "×", null),
        atMost(
          "peak memory of the reading process",
          ours.map((run) => run.peakBytes / MIB),
          "MiB",
          512,
        ),
      ];
    } finally {
      demo.kill();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

async function readIn(mode: "collect" | "discard", configFile: string): Promise<Run> {
  const { stdout } = await promisify(execFile)(process.execPath, [...COLLECTOR_NODE_FLAGS, CHILD, mode, configFile], {
    cwd: ROOT,
    timeout: READ_LIMIT_MS,
  });
  return Run.parse(JSON.parse(stdout));
}

function readyConfig(output: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("The scale cluster did not start in time.")), READY_LIMIT_MS);
    let text = "";
    output.setEncoding("utf8");
    output.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end === -1) return;
      clearTimeout(timer);
      resolve(Ready.parse(JSON.parse(text.slice(0, end))).configFile);
    });
    output.once("end", () => reject(new Error("The scale cluster ended before it answered.")));
  });
}
