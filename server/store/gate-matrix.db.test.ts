import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ReadKind } from "../domain/coverage.ts";
import { decodeMatrix } from "../domain/gates/encoded-matrix.ts";
import { known } from "../domain/reading.ts";
import type { ComponentReading } from "../domain/snapshot.ts";
import { aNode } from "../testing/builders/objects.ts";
import { aComponent } from "../testing/builders/snapshot.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { saveCluster } from "./clusters.ts";
import { inTransaction } from "./db.ts";
import { computeClusterGates, listStoredMatrices, loadStoredMatrices, saveGateMatrix } from "./gate-matrix.ts";
import { saveInventory } from "./inventory.ts";
import type { ReadHandle } from "./reads.ts";
import { saveSharedParts } from "./shared-parts.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const GATE = "InPlacePodVerticalScaling";

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
  await pool.query(`UPDATE cluster SET git_version = 'v1.34.9' WHERE id = $1`, [clusterId]);
});

const read = (kind: ReadKind): ReadHandle => ({ clusterId, id: randomUUID(), kind, startedAt: NOW });
const save = (handle: ReadHandle, components: readonly ComponentReading[]) =>
  inTransaction(pool, (client) => saveSharedParts(client, handle, { components: known(components, NOW) }));
const server = aComponent("kube-apiserver", { [GATE]: true }, { source: "component-metrics" });
const scheduler = aComponent("kube-scheduler", { [GATE]: false }, { source: "prometheus" });

async function stored() {
  const entry = (await loadStoredMatrices(pool, [clusterId])).get(clusterId);
  if (entry === undefined) throw new Error("nothing is stored");
  const matrix = decodeMatrix(entry.matrix, NOW);
  const cells = matrix.rows.find(({ gate }) => gate === GATE)?.cells ?? [];
  return { ...entry, states: new Map(cells.map((cell) => [cell.group.split(":")[0], cell.state])) };
}

describe("the stored gate matrix", () => {
  it("is that of the last read that brought components, of whichever kind", async () => {
    await save(read("gates"), [server]);
    expect((await stored()).states.get("kube-apiserver")).toBe("on");
    expect((await stored()).states.get("kube-scheduler")).toBe("unknown");
    const metrics = read("metrics");
    await save(metrics, [scheduler]);
    const { states, readId } = await stored();
    expect(readId).toBe(metrics.id);
    expect(states.get("kube-apiserver")).toBe("on");
    expect(states.get("kube-scheduler")).toBe("off");
  });

  it("is what the rules make of the tables, moments included", async () => {
    await inTransaction(pool, (client) =>
      saveInventory(
        client,
        clusterId,
        {
          namespaces: known([], NOW),
          nodes: known([aNode({ name: "a" }), aNode({ name: "b" })], NOW),
          pods: known([], NOW),
          workloads: known([], NOW),
        },
        {
          teamOfPod: () => null,
          teamOfWorkload: () => null,
          teamOfNamespace: () => null,
          priceOfNode: () => ({ priceRowId: null, costPerHour: null }),
        },
      ),
    );
    await save(read("gates"), [server, scheduler, aComponent("kubelet", { [GATE]: true }, { instance: "a" })]);
    const cluster = { id: clusterId, gitVersion: "v1.34.9", provider: "aws" };
    const { matrix, nodeCount } = await stored();
    expect(nodeCount).toBe(2);
    expect({ matrix, nodeCount }).toEqual(await computeClusterGates(pool, cluster, { unread: null, at: NOW }));
    expect(matrix.groups.find(({ isRead }) => isRead)?.readAt).toBeInstanceOf(Date);
  });

  it("counts as not stored when another program's rules made it", async () => {
    await save(read("gates"), [server]);
    expect(await listStoredMatrices(pool, [clusterId])).toHaveLength(1);
    await pool.query(`UPDATE snapshot_part SET detail = '0.other' WHERE cluster_id = $1 AND part = 'gateMatrix'`, [
      clusterId,
    ]);
    expect(await listStoredMatrices(pool, [clusterId])).toEqual([]);
    expect((await loadStoredMatrices(pool, [clusterId])).size).toBe(0);
  });

  it("waits for a read that ends at the same time, and sees what that one stored", async () => {
    const first = await pool.connect();
    await first.query("BEGIN");
    await saveSharedParts(first, read("gates"), { components: known([server], NOW) });
    const second = inTransaction(pool, (client) => saveGateMatrix(client, clusterId, randomUUID(), NOW));
    await first.query("COMMIT");
    first.release();
    await second;
    expect((await stored()).states.get("kube-apiserver")).toBe("on");
  });
});
