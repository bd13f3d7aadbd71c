import type { Pool, PoolClient } from "pg";

/** Anything that runs SQL: the pool for one statement, a client inside a transaction. */
export type Db = Pool | PoolClient;

/** Runs `work` in one transaction; any error rolls everything back and is thrown on. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // A broken connection cannot roll back; the server does it by itself then, and the first error is the one that counts.
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
