import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOOPBACK_VIEWER, type Viewer } from "../contract/viewer.ts";
import type { EntitySample } from "../domain/metrics.ts";
import { getStore } from "../store/client.ts";
import { inTransaction } from "../store/db.ts";
import { saveSamples } from "../store/metrics.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { storeCluster } from "../testing/fleet.ts";
import { getPressureSwap } from "./get-pressure-swap.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const GIB = 1024 ** 3;
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const query = { window: "1h" } as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const { pool } = getStore();
  const teams = ["acme", "zorro"].map((team) => ({ team, namespace: `${team}-space`, podCount: 2 }));
  const id = await storeCluster(pool, { name: "shared", teams }, minutesAgo(0.5));
  await pool.query("DELETE FROM metric_raw");
  await pool.query("DELETE FROM pressure_frame");
  await pool.query(`UPDATE node SET swap_capacity_bytes = $1, memory_bytes_capacity = $2 WHERE name = 'node-a'`, [
    4 * GIB,
    16 * GIB,
  ]);
  await pool.query(`UPDATE node SET swap_capacity_bytes = 0 WHERE name = 'node-b'`);
  const containers = (killedAt: Date | null) =>
    JSON.stringify([
      {
        name: "main",
        memoryBytesRequested: 2 * GIB,
        memoryBytesLimit: 4 * GIB,
        lastTerminatedReason: killedAt === null ? null : "OOMKilled",
        lastTerminatedAt: killedAt?.toISOString() ?? null,
      },
    ]);
  await pool.query(
    `UPDATE pod SET node_name = 'node-a', qos_class = 'Burstable', restart_count = 1, containers = $1 WHERE name LIKE '%-web-0'`,
    [containers(minutesAgo(10))],
  );
  await pool.query(
    `UPDATE pod SET node_name = 'node-a', qos_class = 'Burstable', restart_count = 0, containers = $1 WHERE name LIKE '%-web-1'`,
    [containers(null)],
  );
  for (let minute = 50; minute >= 1; minute -= 1) {
    const samples: EntitySample[] = [
      {
        entity: { level: "node", namespace: "", kind: "", name: "node-a", container: "" },
        values: {
          swapUsedBytes: (minute === 20 ? 3 : 1) * GIB,
          swapCapacityBytes: 4 * GIB,
          swapInBytesPerSecond: 100,
          swapOutBytesPerSecond: 300,
          memoryWaitingRatio: minute === 20 ? 0.3 : 0.01,
        },
      },
      ...["acme", "zorro"].map(
        (team): EntitySample => ({
          entity: { level: "pod", namespace: `${team}-space`, kind: "", name: `${team}-web-0`, container: "" },
          // 60 MiB a minute, up to the kill.
          values: { memoryWorkingSetBytes: (60 - minute) * 60 * 1024 ** 2 },
        }),
      ),
      ...["acme", "zorro"].flatMap((team) =>
        [0, 1].map(
          (index): EntitySample => ({
            entity: {
              level: "container",
              namespace: `${team}-space`,
              kind: "",
              name: `${team}-web-${index}`,
              container: "main",
            },
            values: {
              swapUsedBytes: index === 0 ? 0.45 * GIB : 0.1 * GIB,
              ...(index === 0 ? { swapCapacityBytes: 0.5 * GIB } : {}),
            },
          }),
        ),
      ),
    ];
    await inTransaction(pool, (client) =>
      saveSamples(client, id, samples, minutesAgo(minute), 60, () => ({ team: null, nodeName: null })),
    );
  }
});
afterAll(async () => {
  await getStore().close();
  await database.drop();
});

describe("swap over the fleet", () => {
  it("tells each node's size, highest use, rates and memory waits, and that it stalled while it swapped", async () => {
    const { nodes } = await getPressureSwap(LOOPBACK_VIEWER, query, NOW);
    expect(nodes).toHaveLength(1);
    expect(nodes[0]).toMatchObject({
      name: "node-a",
      capacity: { state: "value", value: 4 * GIB },
      used: { value: 3 * GIB },
      swapIn: { value: 100, unit: "bytes/s" },
      swapOut: { value: 300 },
      memoryWaitingPeak: { value: 0.3 },
      stallsWithSwap: true,
      // No kubelet said what containers may do with it.
      behavior: null,
      breach: "policy-unknown",
    });
  });
  it("puts containers nearest to their limit first; a limit that nobody measured nor can compute is unknown", async () => {
    const { containers, containerCount } = await getPressureSwap(LOOPBACK_VIEWER, query, NOW);
    expect(containerCount).toBe(4);
    expect(containers[0]).toMatchObject({
      pod: "acme-web-0",
      limitBasis: "measured",
      isNearLimit: true,
      nodeName: "node-a",
    });
    expect(containers[0]?.usedRatio).toBeCloseTo(0.9);
    expect(containers[2]).toMatchObject({
      pod: "acme-web-1",
      limit: { state: "unknown" },
      limitBasis: null,
      usedRatio: null,
      isNearLimit: false,
    });
  });
  it("estimates what LimitedSwap would have bought a killed container, from the growth before the kill", async () => {
    const { oomKills } = await getPressureSwap(LOOPBACK_VIEWER, query, NOW);
    expect(oomKills.map(({ pod }) => pod).sort()).toEqual(["acme-web-0", "zorro-web-0"]);
    const [kill] = oomKills;
    expect(kill).toMatchObject({ verdict: "might", swapBytes: 0.5 * GIB, isAssumedSwap: false });
    expect(kill?.growthBytesPerSecond).toBeCloseTo(1024 ** 2, 0);
    expect(kill?.boughtSeconds).toBeCloseTo(512, 0);
  });
  it("shows a team its own containers and kills, and the shared nodes", async () => {
    const acme: Viewer = { name: "a", roles: ["viewer"], clusters: ["shared"], teams: ["acme"] };
    const own = await getPressureSwap(acme, query, NOW);
    expect(own.containers.map(({ team }) => team)).toEqual(["acme", "acme"]);
    expect(own.oomKills.map(({ team }) => team)).toEqual(["acme"]);
    expect(own.nodes).toHaveLength(1);
  });
});
