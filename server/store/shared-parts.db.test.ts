import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ReadKind } from "../domain/coverage.ts";
import { known, unknownBecause } from "../domain/reading.ts";
import type { ComponentReading, KubeletFacts } from "../domain/snapshot.ts";
import { aKubelet } from "../testing/builders/objects.ts";
import { aComponent } from "../testing/builders/snapshot.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { saveCluster } from "./clusters.ts";
import { inTransaction } from "./db.ts";
import type { ReadHandle } from "./reads.ts";
import { saveSharedParts } from "./shared-parts.ts";
import { loadSnapshot, saveParts } from "./snapshots.ts";
import { readKubeletSwap } from "./sql/read-kubelet-swap.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const LATER = new Date("2026-11-24T10:30:00Z");

let database: TestDatabase;
let pool: pg.Pool;
let clusterId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  clusterId = await saveCluster(pool, { name: `c-${randomUUID()}`, provider: "aws", isDemo: false, settings: {} });
});

const said = aComponent(
  "kube-apiserver",
  { SidecarContainers: true },
  { instance: "said", source: "component-metrics" },
);
const scraped = aComponent(
  "kube-controller-manager",
  { SidecarContainers: true },
  { instance: "scraped", source: "prometheus" },
);
const read = (kind: ReadKind, startedAt = NOW): ReadHandle => ({ clusterId, id: randomUUID(), kind, startedAt });
const save = (handle: ReadHandle, components: readonly ComponentReading[]) =>
  inTransaction(pool, (client) => saveSharedParts(client, handle, { components: known(components, handle.startedAt) }));
const saveKubelets = (handle: ReadHandle, kubelets: readonly KubeletFacts[]) =>
  inTransaction(pool, (client) => saveSharedParts(client, handle, { kubelets: known(kubelets, handle.startedAt) }));

async function stored() {
  const identity = { id: clusterId, name: "", uid: null, provider: null };
  const { parts } = await loadSnapshot(pool, identity, NOW, ["components", "kubelets"]);
  const components = parts.components.state === "value" ? parts.components.value : [];
  const kubelets = parts.kubelets.state === "value" ? parts.kubelets.value : [];
  const { rows } = await pool.query<{ instance: string }>(
    `SELECT instance FROM component WHERE cluster_id = $1 ORDER BY instance`,
    [clusterId],
  );
  return {
    instances: components.map(({ instance }) => instance).sort(),
    rows: rows.map(({ instance }) => instance),
    kubelets: kubelets.map(({ nodeName }) => nodeName).sort(),
  };
}

describe("parts that a gates read and a metrics read share", () => {
  it("keep both contributions, whichever read ends last", async () => {
    await save(read("gates"), [said]);
    await save(read("metrics"), [scraped]);
    expect(await stored()).toMatchObject({ instances: ["said", "scraped"], rows: ["said", "scraped"] });
    await save(read("gates"), [said]);
    expect(await stored()).toMatchObject({ instances: ["said", "scraped"], rows: ["said", "scraped"] });
  });

  it("keep both contributions of reads that end at the same time", async () => {
    await Promise.all([save(read("gates"), [said]), save(read("metrics"), [scraped])]);
    expect((await stored()).instances).toEqual(["said", "scraped"]);
  });

  it("let each read replace what it said itself", async () => {
    await save(read("metrics"), [scraped]);
    await save(read("metrics"), [{ ...scraped, instance: "moved" }]);
    expect((await stored()).instances).toEqual(["moved"]);
    await save(read("gates"), [said]);
    await save(read("gates"), [{ ...said, instance: "renamed" }]);
    expect((await stored()).instances).toEqual(["moved", "renamed"]);
  });

  it("keep what was there when a read could not tell", async () => {
    await save(read("metrics"), [scraped]);
    await inTransaction(pool, (client) =>
      saveSharedParts(client, read("gates"), { components: unknownBecause("unreachable", NOW) }),
    );
    expect((await stored()).instances).toEqual(["scraped"]);
  });

  it("keep scraped kubelets beside those that were read, and forget nodes that are gone", async () => {
    await saveKubelets(read("metrics"), [aKubelet({ nodeName: "quiet", source: "prometheus", readAt: NOW })]);
    await saveKubelets(read("gates"), [aKubelet({ nodeName: "read", readAt: NOW })]);
    expect((await stored()).kubelets).toEqual(["quiet", "read"]);
    await saveKubelets(read("gates", LATER), [aKubelet({ nodeName: "read", readAt: LATER })]);
    expect((await stored()).kubelets).toEqual(["read"]);
  });
});

describe("what kubelets say of swap", () => {
  const swapOf = (now: Date) => readKubeletSwap(pool, { clusterIds: [clusterId], teams: null }, now);
  const named = (nodeName: string, swapBehavior: string | null) => aKubelet({ nodeName, swapBehavior });

  it("is kept beside the packed part, and replaced with it", async () => {
    await saveKubelets(read("gates"), [named("a", "LimitedSwap"), named("b", "LimitedSwap"), named("c", null)]);
    expect(await swapOf(NOW)).toEqual([{ clusterId, behavior: "LimitedSwap", nodeNames: ["a", "b"] }]);
    const one = await readKubeletSwap(pool, { clusterIds: [clusterId], teams: null }, NOW, "b");
    expect(one).toEqual([{ clusterId, behavior: "LimitedSwap", nodeNames: ["b"] }]);
    await saveKubelets(read("gates"), [named("a", "NoSwap"), named("b", null), named("c", null)]);
    expect(await swapOf(NOW)).toEqual([{ clusterId, behavior: "NoSwap", nodeNames: ["a"] }]);
  });
  it("outlives a failed read for a day, and no refusal", async () => {
    const fail = (reason: "timed-out" | "forbidden") =>
      inTransaction(pool, (client) =>
        saveParts(client, clusterId, randomUUID(), { kubelets: unknownBecause(reason, NOW) }),
      );
    await saveKubelets(read("gates"), [named("a", "LimitedSwap")]);
    await fail("timed-out");
    expect(await swapOf(NOW)).toHaveLength(1);
    expect(await swapOf(LATER)).toEqual([]);
    await fail("forbidden");
    expect(await swapOf(NOW)).toEqual([]);
  });
});
