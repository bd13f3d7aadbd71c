import { createServer } from "node:http";
import { afterAll, describe, expect, it } from "vitest";
import { planGateBackfill, runGateChunk } from "../collect/prometheus/backfill-gates.ts";
import { planBackfill } from "../collect/prometheus/backfill-plan.ts";
import { PrometheusClient } from "../collect/prometheus/client.ts";
import { toNodeResolver } from "../collect/prometheus/labels.ts";
import { findPastPresence } from "../collect/prometheus/past-presence.ts";
import { isThere } from "../collect/prometheus/presence.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import { buildFleet } from "../demo/fleet/build-fleet.ts";
import { closeServer, listen } from "../demo/listen.ts";
import { prometheusFront } from "../demo/prometheus-server.ts";
import { createPrometheusHandler } from "../demo/promql/http-handler.ts";
import { demoSeries } from "../demo/series-source.ts";
import { storyById } from "../demo/stories.ts";

/** What the collectors learn of the demo's past through its Prometheus servers alone. */
const ANCHOR = 1_795_320_000;
const NOW = ANCHOR + 20 * 60;
const HOUR = 3_600;
const DAY = 86_400;
const fleet = buildFleet({ seed: 42, size: "small", anchor: ANCHOR });
const cleanups: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(name: string, downSince?: number) {
  const cluster = fleet.clusters.find((one) => one.name === name);
  if (cluster === undefined) throw new Error(name);
  const front = prometheusFront({
    engine: createPrometheusHandler({
      source: demoSeries({ cluster, anchor: ANCHOR, nowSeconds: () => NOW }),
      now: () => NOW * 1000,
    }),
    token: null,
    downSince: downSince ?? cluster.prometheus.downSince,
    nowSeconds: () => NOW,
  });
  const server = createServer(front);
  const url = `http://127.0.0.1:${await listen(server, 0, "127.0.0.1")}`;
  const client = new PrometheusClient({ url });
  cleanups.push(
    () => closeServer(server),
    () => client.close(),
  );
  const nodes = cluster.nodes.map((node) => ({
    name: node.name,
    zone: node.zone,
    addresses: [{ type: "InternalIP", address: node.address }],
  }));
  return { cluster, client, nodes };
}

describe("a Prometheus that is down since yesterday", () => {
  it("still tells of the time before, to a quarter of an hour", async () => {
    const { cluster, client, nodes } = await open("onprem-1");
    const { downSince } = cluster.prometheus;
    if (downSince === null) throw new Error("it is up");
    const past = await findPastPresence(client, nodes.length, NOW, undefined);
    expect(past?.untilSeconds).toBeGreaterThan(downSince - 15 * 60);
    expect(past?.untilSeconds).toBeLessThanOrEqual(downSince);
    if (past === null) return;
    expect(isThere(past.presence, "machine_cpu_cores")).toBe(true);
    const plan = planBackfill({
      nowSeconds: past.untilSeconds,
      presentSeconds: NOW,
      historySeconds: 28 * DAY,
      presence: past.presence,
      nodeCount: nodes.length,
    });
    // Raw rows are kept for two days: five-minute steps end there, at a full hour, not two days before the outage.
    const recent = plan.chunks.filter((chunk) => chunk.stepSeconds === 300);
    expect(Math.min(...recent.map((chunk) => chunk.startSeconds))).toBeGreaterThan(
      Math.floor((NOW - 2 * DAY) / 3600) * 3600,
    );
    expect(Math.max(...plan.chunks.map((chunk) => chunk.endSeconds))).toBeLessThanOrEqual(past.untilSeconds);
    expect(new Set(plan.chunks.map((chunk) => chunk.level))).toEqual(new Set(["node", "namespace", "workload"]));
  });

  it("gives no history when it never answered", async () => {
    const { client, nodes } = await open("prod-eu", 0);
    expect(await findPastPresence(client, nodes.length, NOW, undefined)).toBeNull();
  });
});

describe("gates that changed in the past", () => {
  it("are known by instance and hour: the half-done rollout of four days ago, and nothing else", async () => {
    const { cluster, client, nodes } = await open("prod-us");
    const { gate } = storyById("gate-drift").finding;
    const past = await findPastPresence(client, nodes.length, NOW + 2 * HOUR, undefined);
    if (past === null) throw new Error("no presence");
    const chunks = planGateBackfill({ nowSeconds: NOW, historySeconds: 28 * DAY, presence: past.presence });
    expect(chunks).toHaveLength(1);
    const [chunk] = chunks;
    if (chunk === undefined) return;
    const budget = new QueryBudget();
    const flips = await runGateChunk(
      client,
      chunk,
      { resolveNode: toNodeResolver(nodes, () => null), budget },
      undefined,
    );
    const changed = cluster.nodes.filter((node) => node.gateChanges.some((change) => change.gate === gate));
    expect(changed.length).toBeGreaterThan(0);
    expect(
      flips.map(({ component, instance, gate: name, wasOn, isOn }) => [component, instance, name, wasOn, isOn]),
    ).toEqual(changed.map((node) => ["kubelet", node.name, gate, false, true]));
    for (const [index, { atSeconds }] of flips.entries()) {
      const at = changed[index]?.gateChanges[0]?.at ?? Number.NaN;
      expect(atSeconds - at).toBeGreaterThanOrEqual(0);
      expect(atSeconds - at).toBeLessThanOrEqual(HOUR);
    }
    expect(budget.used).toBeLessThanOrEqual(3);
  });
});
