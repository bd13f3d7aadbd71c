import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { saveCluster } from "./clusters.ts";
import { dropOldDetails, requestDetail } from "./details.ts";
import { createQueue, type DetailJob, prepareQueues, QUEUES } from "./queue.ts";

let database: TestDatabase;
let pools: pg.Pool[];
let bosses: ReturnType<typeof createQueue>[];
let clusterId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  pools = [1, 2].map(() => new pg.Pool({ connectionString: database.url, max: 4 }));
  // Two web processes, as far as the database can tell.
  bosses = (["collector", "web"] as const).map((role) =>
    createQueue({ connectionString: database.url, role, onError: () => undefined }),
  );
  const [first, second] = bosses;
  await first?.start();
  if (first !== undefined) await prepareQueues(first);
  await second?.start();
});
afterAll(async () => {
  await Promise.all(bosses.map((boss) => boss.stop({ graceful: false })));
  await Promise.all(pools.map((pool) => pool.end()));
  await database.drop();
});
beforeEach(async () => {
  clusterId = await saveCluster(one(0).pool, {
    name: `c-${randomUUID()}`,
    provider: "aws",
    isDemo: false,
    settings: {},
  });
});

function one(index: number) {
  const pool = pools[index % 2];
  const boss = bosses[index % 2];
  if (pool === undefined || boss === undefined) throw new Error("not started");
  return { pool, boss };
}
const job = (pod: string): DetailJob => ({
  clusterId,
  clusterName: "c",
  namespace: "shop",
  pod,
  windowSeconds: 900,
  untilAt: "2026-11-22T10:30:00.000Z",
});
const ask = (index: number, pod: string) => requestDetail(one(index).pool, one(index).boss, job(pod));

async function starts(): Promise<{ pod: string; atSeconds: number }[]> {
  const { rows } = await one(0).pool.query<{ pod: string; start_after: Date }>(
    `SELECT data->>'pod' AS pod, start_after FROM pgboss.job
      WHERE name = $1 AND (data->>'clusterId')::int = $2 ORDER BY start_after`,
    [QUEUES.detail, clusterId],
  );
  return rows.map(({ pod, start_after }) => ({ pod, atSeconds: start_after.getTime() / 1000 }));
}

describe("detail jobs of a whole fleet of web processes", () => {
  it("are one job for all readers of a pod's window", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index, "cart")));
    expect(answers.filter((answer) => answer === "queued")).toHaveLength(1);
    expect(answers.filter((answer) => answer === "joined")).toHaveLength(19);
    expect(await starts()).toHaveLength(1);
  });

  it("start at most once a second and cluster, and a long queue is refused", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => ask(index, `pod-${index}`)));
    const queued = await starts();
    expect(answers.filter((answer) => answer === "queued")).toHaveLength(queued.length);
    expect(answers.filter((answer) => answer === "refused")).toHaveLength(12 - queued.length);
    expect(queued.length).toBeGreaterThanOrEqual(5);
    expect(queued.length).toBeLessThanOrEqual(7);
    queued.slice(1).forEach(({ atSeconds }, index) => {
      expect(atSeconds - (queued[index]?.atSeconds ?? 0)).toBeGreaterThanOrEqual(0.999);
    });
  });

  it("leave no request behind when the job cannot be queued", async () => {
    const { pool, boss } = one(0);
    const broken = Object.create(boss, { send: { value: () => Promise.reject(new Error("no queue")) } });
    await expect(requestDetail(pool, broken, job("cart"))).rejects.toThrow("no queue");
    expect(await ask(1, "cart")).toBe("queued");
  });

  it("are forgotten after an hour", async () => {
    await ask(0, "cart");
    await dropOldDetails(one(0).pool, new Date(Date.now() + 2 * 3_600_000));
    const { rows } = await one(0).pool.query(`SELECT 1 FROM detail_request WHERE cluster_id = $1`, [clusterId]);
    expect(rows).toHaveLength(0);
  });
});
