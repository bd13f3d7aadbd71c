import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { log } from "../log.ts";
import { startClock } from "./clock.ts";
import { startDemo } from "./start-demo.ts";
import { BUDGETS } from "./stories.ts";

/**
 * The demo fleet as a process: `node server/demo/main.ts --size demo --port 0 --seed 42 [--now ISO] [--frozen] [--out DIR]`.
 * Prints one line of JSON when everything answers, and runs until SIGINT or SIGTERM.
 */
const HOUR = 3600;
/** A kept anchor older than this would leave stories outside the window that pages show first. */
const ANCHOR_KEPT_SECONDS = 7 * 24 * HOUR;

const Options = z.object({
  size: z.enum(["small", "demo", "scale"]).default("demo"),
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  seed: z.coerce.number().int().default(42),
  now: z.iso.datetime({ offset: true }).optional(),
  frozen: z.boolean().default(false),
  out: z.string().optional(),
});
const Kept = z.object({ anchor: z.number(), seed: z.number(), size: z.string() });

/** History must not move under a database that already read it: the anchor of an earlier start is used again. */
function chooseAnchor(directory: string, seed: number, size: string, now: number, isFixed: boolean): number {
  const file = join(directory, "demo-state.json");
  const fresh = Math.floor(now / HOUR) * HOUR;
  try {
    const kept = Kept.parse(JSON.parse(readFileSync(file, "utf8")));
    const age = now - kept.anchor;
    if (!isFixed && kept.seed === seed && kept.size === size && age >= 0 && age < ANCHOR_KEPT_SECONDS) {
      return kept.anchor;
    }
  } catch {
    // No earlier start, or not one of ours: begin anew.
  }
  writeFileSync(file, JSON.stringify({ anchor: fresh, seed, size }), { mode: 0o600 });
  return fresh;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      size: { type: "string" },
      port: { type: "string" },
      seed: { type: "string" },
      now: { type: "string" },
      frozen: { type: "boolean" },
      out: { type: "string" },
    },
  });
  const options = Options.parse(values);
  const directory = outputDirectory(options.out);
  const nowSeconds = startClock(options.now === undefined ? null : new Date(options.now), options.frozen);
  const anchor = chooseAnchor(directory, options.seed, options.size, nowSeconds(), options.now !== undefined);
  const demo = await startDemo({ ...options, anchor, nowSeconds, directory });

  const stop = () => void demo.close().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const clusters = demo.clusters.map(({ name, provider, apiUrl, prometheusUrl, kubeletAccess }) => ({
    name,
    provider,
    apiUrl,
    prometheusUrl,
    kubeletAccess,
  }));
  const ready = { ready: true, configFile: demo.configFile, clusters, budgets: BUDGETS, anchorAt: isoAt(anchor) };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

function isoAt(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function outputDirectory(given: string | undefined): string {
  const dataDir = process.env.SLUICE_DATA_DIR;
  if (given === undefined && dataDir === undefined) return mkdtempSync(join(tmpdir(), "sluice-demo-"));
  const directory = resolve(given ?? join(dataDir ?? "", "demo"));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

main().catch((error: unknown) => {
  log.error({ err: error }, "The demo fleet did not start");
  process.exit(1);
});
