import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { CATALOGUE } from "./catalogue.ts";
import { withPlainPlaceholders } from "./presence.ts";
import { listSelectors } from "./selector.ts";
import { sayUnverified, UNVERIFIED_NAMES } from "./unverified.ts";

/** Every sample at hand: recorded components, exporters' public samples. */
const SAMPLES = ["fixtures/", "../../demo/fixtures/exporters/", "../../testing/clusters/recorded-1.34.9/"];

function sampledNames(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const directory of SAMPLES.map((path) => new URL(path, import.meta.url))) {
    for (const file of readdirSync(directory)) {
      if (!/(\.prom|\.json|metrics.*\.txt\.gz)$/.test(file)) continue;
      const bytes = readFileSync(new URL(file, directory));
      const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
      for (const [, name = ""] of text.matchAll(/(?:^|^# TYPE |"__name__": ?")([a-zA-Z_:][a-zA-Z0-9_:]*)/gm))
        names.add(name);
    }
  }
  return names;
}

it("names exactly what the catalogue reads without a sample", () => {
  const sampled = sampledNames();
  const read = CATALOGUE.flatMap(({ parts }) => parts).flatMap(({ variants }) =>
    variants.flatMap(({ expr }) => listSelectors(withPlainPlaceholders(expr)).flatMap(({ name }) => name ?? [])),
  );
  expect(read.length).toBeGreaterThan(100);
  expect([...new Set(read)].filter((name) => !sampled.has(name)).sort()).toEqual([...UNVERIFIED_NAMES].sort());
});

it("says so of a query, and nothing of one that is proven", () => {
  expect(sayUnverified(["sum(gpu_used_vram) or sum(gpu_total_vram)", "sum(gpu_gfx_activity)"])).toBe(
    "unverified, no recorded sample: gpu_total_vram, gpu_used_vram",
  );
  expect(sayUnverified(["rate(node_pressure_cpu_waiting_seconds_total[5m])"])).toBeNull();
});
