import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface RealServer {
  /** Base address, without a trailing slash. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

type Lines = Iterable<string> | AsyncIterable<string>;

/**
 * Of the named programs those that are not on PATH. In CI (`CI=true`) a missing one is an error, so that a contract
 * test cannot be skipped there by accident.
 */
export async function missingPrograms(...names: readonly string[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const name of names) {
    const isThere = await run("which", [name]).then(
      () => true,
      () => false,
    );
    if (!isThere) missing.push(name);
  }
  if (missing.length > 0 && process.env.CI === "true") throw new Error(`CI must install ${missing.join(", ")}`);
  return missing;
}

export interface RealPrometheusOptions {
  /** OpenMetrics text in chunks, closed by "# EOF\n"; imported with promtool before the start. */
  readonly openMetrics?: Lines;
  /**
   * More such texts, each imported by itself. promtool reads a text once for every two hours that it spans, so a
   * month in one text costs 360 readings; in parts of some hours (toOpenMetricsParts) it costs a few.
   */
  readonly parts?: Iterable<Lines>;
  /** Longest block that an import makes (2, 6, 18, 54, 162 … hours); promtool makes blocks of two hours by itself. */
  readonly maxBlockHours?: number;
}

/** A real Prometheus on a free port over a directory of its own, with remote write allowed. */
export async function startRealPrometheus(options: RealPrometheusOptions = {}): Promise<RealServer> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-prometheus-"));
  const data = join(directory, "data");
  try {
    const texts = [...(options.openMetrics === undefined ? [] : [options.openMetrics])];
    await importTexts(concat(texts, options.parts ?? []), directory, data, options.maxBlockHours);
    const config = join(directory, "prometheus.yml");
    await writeFile(config, "scrape_configs: []\n");
    const port = await freePort();
    return await start("prometheus", port, "/-/ready", directory, [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      "--storage.tsdb.retention.time=100y",
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.enable-remote-write-receiver",
      "--log.level=error",
    ]);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

function* concat(first: Iterable<Lines>, second: Iterable<Lines>): Generator<Lines> {
  yield* first;
  yield* second;
}

/** Writes the next text while promtool reads the last one: at most two lie on the disk. */
async function importTexts(
  texts: Iterable<Lines>,
  directory: string,
  data: string,
  maxBlockHours: number | undefined,
): Promise<void> {
  let importing: Promise<void> = Promise.resolve();
  let count = 0;
  for (const text of texts) {
    const input = join(directory, `input-${count}.om`);
    count += 1;
    const writing = pipeline(Readable.from(text), createWriteStream(input));
    await Promise.all([writing, importing]);
    importing = importFile(input, data, maxBlockHours);
    // A failure is thrown where it is awaited; until then it must not count as nobody's.
    importing.catch(() => undefined);
  }
  await importing;
}

async function importFile(input: string, data: string, maxBlockHours: number | undefined): Promise<void> {
  const longest = maxBlockHours === undefined ? [] : [`--max-block-duration=${maxBlockHours}h`];
  const importing = ["tsdb", "create-blocks-from", "openmetrics", "--quiet", ...longest, input, data];
  await run("promtool", importing, { maxBuffer: 64 * 1024 * 1024 });
  await rm(input);
}

/** A real VictoriaMetrics on a free port, filled with the same OpenMetrics text. */
export async function startVictoriaMetrics(options: { readonly openMetrics: Lines }): Promise<RealServer> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-victoria-"));
  const port = await freePort();
  try {
    const server = await start("victoria-metrics", port, "/health", directory, [
      `-storageDataPath=${join(directory, "data")}`,
      "-retentionPeriod=100y",
      `-httpListenAddr=127.0.0.1:${port}`,
      "-search.latencyOffset=0s",
      "-loggerLevel=ERROR",
    ]);
    try {
      await importIntoVictoria(server.url, options.openMetrics);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Its import takes the older text format: milliseconds where OpenMetrics has seconds. */
async function importIntoVictoria(url: string, lines: Lines): Promise<void> {
  let batch: string[] = [];
  const send = async () => {
    if (batch.length === 0) return;
    const body = batch.join("");
    batch = [];
    const signal = AbortSignal.timeout(60_000);
    const response = await fetch(`${url}/api/v1/import/prometheus`, { method: "POST", body, signal });
    if (!response.ok) throw new Error(`import: ${response.status} ${await response.text()}`);
  };
  for await (const line of lines) {
    if (line.startsWith("#")) continue;
    batch.push(line.replace(/(\S+)\n$/, (_, seconds: string) => `${Math.round(Number(seconds) * 1000)}\n`));
    if (batch.length >= 50_000) await send();
  }
  await send();
  await fetch(`${url}/internal/force_flush`, { signal: AbortSignal.timeout(60_000) });
}

async function start(
  program: string,
  port: number,
  readyPath: string,
  directory: string,
  args: readonly string[],
): Promise<RealServer> {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000);
  });
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const stop = async () => {
    await stopChild(child, gone);
    await rm(directory, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300 && child.exitCode === null; tries += 1) {
    const isReady = await fetch(url + readyPath, { signal: AbortSignal.timeout(2000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return { url, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`${program} did not become ready: ${said}`);
}

async function stopChild(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (child.exitCode === null) child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(timer);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : undefined;
      server.close(() => (port === undefined ? reject(new Error("no free port")) : resolve(port)));
    });
  });
}
