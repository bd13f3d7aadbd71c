import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Test help: a real Prometheus whose storage holds exporter pages as if they had been scraped. */
export type Page = {
  readonly text: string;
  /** Labels of the scrape target. */
  readonly target: Readonly<Record<string, string>>;
  readonly honorLabels: boolean;
};
export type FilledPrometheus = { readonly url: string; readonly stop: () => Promise<void> };

export const SCRAPE_SECONDS = 30;
const HISTORY_SECONDS = 900;
/** A counter with value v on the page grows by v ÷ 1000 per second, so every expected rate can be read off the page. */
export const GROWTH = 1 / 1000;

/** Null when the programs are not installed. */
export async function findPrometheus(): Promise<boolean> {
  try {
    await Promise.all([run("prometheus", ["--version"]), run("promtool", ["--version"])]);
    return true;
  } catch {
    return false;
  }
}

export async function startFilledPrometheus(pages: readonly Page[], nowSeconds: number): Promise<FilledPrometheus> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-prometheus-"));
  const input = join(directory, "input.txt");
  const data = join(directory, "data");
  await writeFile(input, toOpenMetrics(pages, nowSeconds));
  await run("promtool", ["tsdb", "create-blocks-from", "openmetrics", input, data], { maxBuffer: 64 * 1024 * 1024 });
  const config = join(directory, "prometheus.yml");
  await writeFile(config, "scrape_configs: []\n");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    "prometheus",
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      "--storage.tsdb.retention.time=100y",
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: "ignore" },
  );
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await gone;
    await rm(directory, { recursive: true, force: true });
  };
  for (let tried = 0; tried < 300; tried += 1) {
    const isReady = await fetch(`${url}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return { url, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error("Prometheus did not become ready");
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+\d+)?\s*$/;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\s*,?/gy;

function toOpenMetrics(pages: readonly Page[], nowSeconds: number): string {
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const { text, target, honorLabels } of pages) {
    for (const line of text.split("\n")) {
      const match = line.startsWith("#") ? null : LINE.exec(line);
      if (match === null) continue;
      const [, name = "", labelText = "", valueText = ""] = match;
      const labels = joinLabels(parseLabels(labelText), target, honorLabels);
      const series = `${name}{${Object.entries(labels)
        .map(([label, value]) => `${label}="${value}"`)
        .join(",")}}`;
      if (seen.has(series)) continue;
      seen.add(series);
      const value = Number(valueText.replace("+Inf", "Infinity"));
      const growth = isCounter(name) ? value * GROWTH : 0;
      for (let back = HISTORY_SECONDS; back >= 0; back -= SCRAPE_SECONDS) {
        lines.push(`${series} ${value + growth * (HISTORY_SECONDS - back)} ${nowSeconds - back}`);
      }
    }
  }
  return `${lines.join("\n")}\n# EOF\n`;
}

function isCounter(name: string): boolean {
  return /(_total|_count|_bucket|_sum)$/.test(name) || name.startsWith("node_vmstat_");
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, label = "", value = ""] of text.matchAll(LABEL)) labels[label] = value;
  return labels;
}

/** As Prometheus does on a scrape: a clash either keeps the page's label or moves it to `exported_…`. */
function joinLabels(
  page: Readonly<Record<string, string>>,
  target: Readonly<Record<string, string>>,
  honorLabels: boolean,
): Record<string, string> {
  const labels: Record<string, string> = { ...target };
  for (const [label, value] of Object.entries(page)) {
    if (value === "") continue;
    if (target[label] === undefined || honorLabels) labels[label] = value;
    else labels[`exported_${label}`] = value;
  }
  return labels;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
