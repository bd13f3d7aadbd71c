import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { loadConfig } from "../config.ts";
import type { FeatureDetail } from "../contract/features.ts";
import { LOOPBACK_VIEWER } from "../contract/viewer.ts";
import type { JobContext } from "../jobs/context.ts";
import { readGates } from "../jobs/read-gates.ts";
import { readInventory } from "../jobs/read-inventory.ts";
import { SourcePool } from "../jobs/source-pool.ts";
import { getFeature } from "../query/get-feature.ts";
import { getFeatureManifest } from "../query/get-feature-manifest.ts";
import { getUpgrade, getUpgradeChecklist } from "../query/get-upgrade.ts";
import { listFeatures } from "../query/list-features.ts";
import { listGates } from "../query/list-gates.ts";
import { getStore } from "../store/client.ts";
import { saveCluster } from "../store/clusters.ts";
import { ensurePartitions } from "../store/partitions.ts";
import { createQueue } from "../store/queue.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { type Replay, startReplay } from "./replay/replay-server.ts";

/** A moment after everything that was recorded. */
const NOW = new Date("2026-11-22T06:00:00Z");
const directory = mkdtempSync(join(tmpdir(), "sluice-recorded-"));
let database: TestDatabase;
let replay: Replay;
let sources: SourcePool;

/** The recorded control plane, read by the collector's own jobs, stored, and asked for as the pages do. */
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  replay = await startReplay();
  sources = new SourcePool();
  const { pool } = getStore();
  await ensurePartitions(pool, new Date(NOW.getTime() - 86_400_000), new Date(NOW.getTime() + 86_400_000));
  const file = join(directory, "sluice.yaml");
  const controlPlane = {
    controllerManager: `${replay.url}/replay/controller-manager/metrics`,
    scheduler: `${replay.url}/replay/scheduler/metrics`,
  };
  const cluster = {
    name: "recorded",
    kubeconfig: replay.kubeconfigFile,
    kubelet: { access: "proxy" },
    controlPlane,
  };
  writeFileSync(file, stringify({ clusters: [cluster] }));
  const config = loadConfig(["--config", file], {}, directory);
  const [own] = config.clusters;
  if (own === undefined) throw new Error("the configuration has no cluster");
  const settings = {
    poll: { inventorySeconds: 300, metricsSeconds: 60, gatesSeconds: 900 },
    hasPrometheus: false,
    installation: { currency: "EUR", timeZone: "UTC", teamsFrom: ["label:team"], retention: null },
  };
  const clusterId = await saveCluster(pool, { name: "recorded", provider: null, isDemo: false, settings });
  const context: JobContext = {
    config,
    pool,
    boss: createQueue({ connectionString: database.url, role: "collector", onError: () => undefined }),
    log: pino({ level: "silent" }),
    now: () => NOW,
    clusters: new Map([[clusterId, own]]),
    sources,
  };
  const job = { clusterId, clusterName: "recorded", requestedBy: "test" } as const;
  const signal = new AbortController().signal;
  await readInventory(context, { ...job, kind: "inventory" }, own, signal);
  await readGates(context, { ...job, kind: "gates" }, own, signal);
});
afterAll(async () => {
  await sources.close();
  await replay.stop();
  await getStore().close();
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

async function outcomeOf(feature: string): Promise<FeatureDetail["clusters"][number]["outcome"]> {
  const [answer] = (await getFeature(LOOPBACK_VIEWER, feature, { trendDays: 0 }, NOW)).clusters;
  if (answer === undefined) throw new Error(`${feature} has no answer`);
  return answer.outcome;
}

describe("what was put into the recorded control plane, as the pages get it", () => {
  it("a stuck claim, and why it waits", async () => {
    const outcome = await outcomeOf("dynamic-resource-allocation");
    expect(outcome.blockers).toMatchObject([
      { key: "claim-no-class", severity: "blocking", params: { example: "ml-platform/stuck-claim" } },
    ]);
    expect(outcome.objects.find((list) => list.key === "pending-claims")).toMatchObject({
      total: 1,
      items: [{ ref: { kind: "ResourceClaim", namespace: "ml-platform", name: "stuck-claim" } }],
    });
  });

  it("two lagging nodes with old kernels, in the plan and its checklists", async () => {
    const { plans } = await getUpgrade(LOOPBACK_VIEWER, { target: "1.36" }, NOW);
    const [plan] = plans;
    expect(plan).toMatchObject({ from: "1.34", verdict: "blocked", coverage: { read: 8, of: 8, missing: [] } });
    const lagging = ["node/ip-10-0-10-general", "node/ip-10-0-21-gpu-a100"];
    for (const key of ["kubelet-lags", "kernel-old"]) {
      const item = plan?.items.find((entry) => entry.key === key);
      expect(item).toMatchObject({ count: 2, evidenceTotal: 2 });
      expect(item?.evidence.map((entry) => entry.subject)).toEqual(lagging);
    }
    const query = { cluster: "recorded", target: "1.36", language: "en" } as const;
    const markdown = await getUpgradeChecklist(LOOPBACK_VIEWER, "markdown", query, NOW);
    const csv = await getUpgradeChecklist(LOOPBACK_VIEWER, "csv", query, NOW);
    for (const node of lagging) {
      expect(markdown).toContain(node);
      expect(csv).toContain(node);
    }
  });

  it("an anonymous view binding, ranked by its danger", async () => {
    const outcome = await outcomeOf("anonymous-auth");
    expect(outcome.objects[0]?.items[0]).toMatchObject({
      ref: { name: "too-open" },
      params: { role: "view", level: "medium" },
    });
  });

  it("mixed trafficDistribution", async () => {
    const outcome = await outcomeOf("traffic-distribution");
    expect(outcome.adoption).toMatchObject({ numerator: 12, denominator: 22 });
    expect(outcome.blockers.find((found) => found.key === "mixed-values")?.params.values).toBe(
      "PreferClose 5, PreferSameNode 2, PreferSameZone 5",
    );
  });

  it("a volume attributes class on every third claim", async () => {
    const outcome = await outcomeOf("volume-attributes-class");
    expect(outcome).toMatchObject({ verdict: "effective", adoption: { numerator: 4, denominator: 12 } });
  });

  it("one bound policy, and the next step in the version that is served", async () => {
    expect((await outcomeOf("mutating-admission-policy")).adoption).toMatchObject({ numerator: 1, denominator: 1 });
    const query = { cluster: "recorded" };
    const manifest = await getFeatureManifest(LOOPBACK_VIEWER, "mutating-admission-policy", query);
    expect(manifest).toMatchObject({ minor: "1.34", because: null });
    expect(manifest.documents[0]?.text).toContain("admissionregistration.k8s.io/v1beta1");
  });

  it("every cell of the matrix, and gates that the catalogue does not know", async () => {
    const list = await listFeatures(LOOPBACK_VIEWER, { limit: 500, trendDays: 0, include: "all" }, NOW);
    expect(list.items.every((item) => item.cells.length === 1)).toBe(true);
    const gates = await listGates(LOOPBACK_VIEWER, { limit: 1000, only: "unlisted" }, NOW);
    expect(gates.items.map((row) => row.gate)).toEqual([
      "MinimumKubeletVersion",
      "RouteExternalCertificate",
      "StoragePerformantSecurityPolicy",
    ]);
  });

  it("small rows: the planner's and the manifests' facts stay far below the snapshot", async () => {
    const { rows } = await getStore().pool.query<{ part: string; bytes: number }>(
      "SELECT part, length(body)::int AS bytes FROM snapshot_part WHERE part IN ('upgradeFacts', 'manifestFacts')",
    );
    expect(rows.map((row) => row.part).sort()).toEqual(["manifestFacts", "upgradeFacts"]);
    for (const row of rows) expect(row.bytes).toBeLessThan(100_000);
  });
});
