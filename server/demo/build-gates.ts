import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

/**
 * Rewrites `gates-1.31-1.37.json` from a machine-readable gate history:
 * `node server/demo/build-gates.ts path/to/feature-gates.json`.
 *
 * The demo keeps a copy of its own on purpose: it plays the cluster, and a cluster does not share code or data with the
 * dashboard that reads it.
 */
const History = z.object({
  gates: z.array(
    z.object({
      name: z.string(),
      history: z.array(
        z.object({
          version: z.string(),
          stage: z.enum(["Alpha", "Beta", "GA", "Deprecated"]),
          default: z.boolean(),
          locked: z.boolean(),
        }),
      ),
      removedIn: z.string().nullable(),
      knownSince: z.string().nullable(),
      components: z.array(z.string()),
    }),
  ),
});

const source = process.argv[2];
if (source === undefined) throw new Error("Which gate history? node server/demo/build-gates.ts FILE");
const { gates } = History.parse(JSON.parse(readFileSync(source, "utf8")));

const rows = gates.map((gate) =>
  JSON.stringify({
    name: gate.name,
    since: gate.knownSince,
    gone: gate.removedIn,
    history: gate.history.map((row) => [row.version, row.stage, row.default ? 1 : 0, row.locked ? 1 : 0]),
  }),
);
writeFileSync(new URL("gates-1.31-1.37.json", import.meta.url), `[\n${rows.join(",\n")}\n]\n`);
console.log(`${rows.length} gates`);
