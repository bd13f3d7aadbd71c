import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { activeTargets } from "../../demo/active-targets.ts";
import { writeConfigFiles } from "../../demo/config-files.ts";
import { prometheusFront } from "../../demo/prometheus-server.ts";
import { createPrometheusHandler } from "../../demo/promql/http-handler.ts";
import { demoSeries } from "../../demo/series-source.ts";
import { type RunningDemo, startDemo } from "../../demo/start-demo.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type CollectorProcess, Observer, startCollector } from "./collector-process.ts";

const HOUR = 3_600;
const NAME = "prod-eu";
const nowSeconds = () => Date.now() / 1000;

type Chunk = { readonly start: number; readonly end: number; readonly status: string };

/** A first history that could only be read up to yesterday, and the rest of it once the source is back. */
describe("a Prometheus that was down when Sluice came", { timeout: 240_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-outage-"));
  const downSince = Math.floor(nowSeconds() / HOUR) * HOUR - 26 * HOUR;
  let isDown = true;
  let database: TestDatabase;
  let demo: RunningDemo;
  let front: Server;
  let observer: Observer;
  let collector: CollectorProcess;

  beforeAll(async () => {
    database = await createTestDatabase();
    observer = new Observer(database.url);
    const anchor = Math.floor(nowSeconds());
    demo = await startDemo({ size: "small", seed: 42, anchor, nowSeconds, directory });
    const cluster = demo.fleet?.clusters.find(({ name }) => name === NAME);
    const served = demo.clusters.find(({ name }) => name === NAME);
    if (cluster === undefined || served === undefined) throw new Error(`no ${NAME} in the small fleet`);
    const engine = createPrometheusHandler({
      source: demoSeries({ cluster, anchor, nowSeconds }),
      now: () => nowSeconds() * 1000,
      targets: () => activeTargets(cluster, anchor, nowSeconds()),
    });
    const closed = prometheusFront({ engine, token: null, downSince, nowSeconds });
    const listener: RequestListener = (request, response) => (isDown ? closed : engine)(request, response);
    front = createServer(listener);
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    const { port } = front.address() as AddressInfo; // listening on TCP: never a pipe name
    const behind = { ...served, prometheusUrl: `http://127.0.0.1:${port}`, prometheusToken: null };
    collector = startCollector(database.url, writeConfigFiles(join(directory, "own"), [behind]));
  }, 120_000);
  afterAll(async () => {
    await collector.kill();
    await observer.close();
    front.closeAllConnections();
    await new Promise((resolve) => front.close(resolve));
    await demo.close();
    await database.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  const chunks = () =>
    observer.rows<Chunk>(
      `SELECT (plan->>'startSeconds')::int AS start, (plan->>'endSeconds')::int AS "end", status FROM backfill_chunk ORDER BY position`,
    );
  const filled = (what: string, isThere: (seen: readonly Chunk[]) => boolean) =>
    observer.until(what, chunks, (seen) => isThere(seen) && seen.every(({ status }) => status !== "waiting"));
  /** Before live reads began: nodes tell of themselves all the time, and live reads charge what they see. */
  const hours = async (table: "metric_hourly" | "cost_hourly") => {
    const where = table === "metric_hourly" ? "level = 'node'" : "resource <> 'network' AND is_estimate";
    const rows = await observer.rows<{ at: Date }>(
      `SELECT DISTINCT at FROM ${table}
        WHERE ${where} AND at < (SELECT date_trunc('hour', min(started_at)) FROM read_record) ORDER BY at`,
    );
    return rows.map(({ at }) => at.getTime() / 1000);
  };
  const holes = (times: readonly number[]) =>
    times.filter((at, index) => index > 0 && at - (times[index - 1] ?? at) !== HOUR);

  it("has a history up to the moment at which it went down, and none that is made up", async () => {
    const seen = await filled("the past that can be read", (all) => all.length > 0);
    expect(seen.filter(({ status }) => status !== "done")).toEqual([]);
    expect(Math.max(...seen.map(({ end }) => end))).toBeLessThanOrEqual(downSince);
    const charged = await observer.until(
      "its costs",
      () => hours("cost_hourly"),
      (times) => (times.at(-1) ?? 0) >= downSince - 2 * HOUR,
    );
    const known = await hours("metric_hourly");
    expect(known.at(-1)).toBeLessThan(downSince);
    expect(known.length).toBeGreaterThan(27 * 24);
    expect(holes(known)).toEqual([]);
    expect(charged).toEqual(known);
  });

  it("is filled from there to now when it is back, hour by hour and once", async () => {
    const before = await chunks();
    isDown = false;
    await observer.rows(
      `UPDATE read_state SET failure_count = 0, last_started_at = last_started_at - interval '1 hour' WHERE kind = 'metrics'`,
    );
    const seen = await filled("the rest of the past", (all) => all.length > before.length);
    const added = seen.filter(({ end }) => end > downSince);
    expect(seen.length - added.length).toBe(before.length);
    expect(added.filter(({ status }) => status !== "done")).toEqual([]);
    expect(Math.min(...added.map(({ start }) => start))).toBeGreaterThan(downSince - 2 * HOUR);
    const [live] = await observer.rows<{ at: Date }>(
      `SELECT date_trunc('hour', min(started_at)) AS at FROM read_record`,
    );
    const lastHour = (live?.at.getTime() ?? 0) / 1000 - HOUR;
    const known = await observer.until(
      "every hour to be there",
      () => hours("metric_hourly"),
      (times) => times.at(-1) === lastHour && holes(times).length === 0,
    );
    await observer.until(
      "the costs of the gap",
      () => hours("cost_hourly"),
      (times) => times.at(-1) === lastHour,
    );
    expect(await hours("cost_hourly")).toEqual(known);
  });
});
