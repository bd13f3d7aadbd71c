import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BENCHES } from "./benches.ts";
import type { Figure } from "./harness.ts";

/** `npm run bench [NAME…]`: all benches or those whose name begins with one of the words. */
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const chosen = BENCHES.filter((bench) => wanted.length === 0 || wanted.some((word) => bench.name.startsWith(word)));
if (chosen.length === 0) {
  console.error(
    `No bench is called ${wanted.join(", ")}. There are: ${BENCHES.map((bench) => bench.name).join(", ")}.`,
  );
  process.exit(2);
}
const figures: Figure[] = [];
for (const bench of chosen) {
  console.log(`\n${bench.name}`);
  try {
    for (const figure of await bench.run()) {
      figures.push(figure);
      const limit = figure.limit === null ? "" : ` (limit ${figure.limit})`;
      console.log(
        `  ${figure.ok ? "✓" : "✗"} ${figure.name}: ${figure.value} ${figure.unit}${limit} – ${figure.detail}`,
      );
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    figures.push({ name: bench.name, value: Number.NaN, unit: "", limit: null, ok: false, detail });
    console.log(`  ✗ ${bench.name} could not be measured: ${detail}`);
  }
}
const directory = fileURLToPath(new URL("results/", import.meta.url));
mkdirSync(directory, { recursive: true });
writeFileSync(`${directory}latest.json`, `${JSON.stringify(figures, null, 2)}\n`);
const missed = figures.filter((figure) => !figure.ok);
console.log(`\n${figures.length} figures, ${missed.length} beyond their limit; written to bench/results/latest.json`);
process.exit(missed.length === 0 ? 0 : 1);
