import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { log } from "../log.ts";
import { saveCluster } from "../store/clusters.ts";
import { ensurePartitions } from "../store/partitions.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { type ReadOutcome, type RunReadOptions, runRead } from "./run-read.ts";

let database: TestDatabase;
let pool: pg.Pool;
let clusterId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
  await ensurePartitions(pool, new Date(Date.now() - 86_400_000), new Date(Date.now() + 86_400_000));
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  clusterId = await saveCluster(pool, { name: `c-${randomUUID()}`, provider: "aws", isDemo: false, settings: {} });
});

const context = () => ({ pool, log: log.child({}, { level: "silent" }), now: () => new Date() });
const run = (collect: RunReadOptions["collect"]) =>
  runRead(context(), {
    clusterId,
    clusterName: "c",
    kind: "gates",
    requestedBy: "schedule",
    signal: new AbortController().signal,
    collect,
  });
const outcome = (save: ReadOutcome["save"]): ReadOutcome => ({ sources: [], failure: null, save });
const touch = (client: pg.PoolClient, provider: string) =>
  client.query(`UPDATE cluster SET provider = $2 WHERE id = $1`, [clusterId, provider]);

async function found() {
  const reads = await pool.query(
    `SELECT status, reason, detail FROM read_record WHERE cluster_id = $1 ORDER BY started_at`,
    [clusterId],
  );
  const cluster = await pool.query<{ provider: string }>(`SELECT provider FROM cluster WHERE id = $1`, [clusterId]);
  return { reads: reads.rows, provider: cluster.rows[0]?.provider };
}

describe("a read", () => {
  it("stores everything together with its record", async () => {
    await run(async () => outcome(async (client) => void (await touch(client, "gcp"))));
    expect(await found()).toMatchObject({ reads: [{ status: "succeeded", reason: null }], provider: "gcp" });
  });

  it("that cannot be stored leaves nothing of it, and its record says so", async () => {
    const attempt = run(async () =>
      outcome(async (client) => {
        await touch(client, "gcp");
        await client.query(`SELECT 1 / 0`);
      }),
    );
    await expect(attempt).rejects.toThrow("division by zero");
    expect(await found()).toEqual({
      reads: [
        {
          status: "failed",
          reason: "malformed",
          detail: "what was read could not be stored: division by zero",
        },
      ],
      provider: "aws",
    });
  });

  it("that fails is recorded with its reason and stores nothing", async () => {
    await run(async () => {
      throw new Error("nobody answered");
    });
    expect(await found()).toMatchObject({
      reads: [{ status: "failed", reason: "unreachable", detail: "nobody answered" }],
      provider: "aws",
    });
  });

  it("that was overtaken by a newer one is dropped", async () => {
    await run(async () => {
      await run(async () => outcome(async (client) => void (await touch(client, "azure"))));
      return outcome(async (client) => void (await touch(client, "gcp")));
    });
    const { reads, provider } = await found();
    expect(provider).toBe("azure");
    expect(reads.map(({ status }) => status)).toEqual(["abandoned", "succeeded"]);
  });
});
