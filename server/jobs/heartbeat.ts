import { hostname } from "node:os";
import type { Db } from "../store/db.ts";

/** Says that this process is alive; /readyz and /status read it. Rows of processes long gone are removed on the way. */
export async function beat(
  db: Db,
  process: { id: string; role: "web" | "collector"; startedAt: Date },
  now: Date,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  await db.query(
    `INSERT INTO process_heartbeat (id, role, host, started_at, beat_at, facts) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at, facts = excluded.facts`,
    [process.id, process.role, hostname(), process.startedAt, now, JSON.stringify(facts)],
  );
  await db.query(`DELETE FROM process_heartbeat WHERE beat_at < $1::timestamptz - interval '1 hour'`, [now]);
}

export async function stopBeating(db: Db, id: string): Promise<void> {
  await db.query(`DELETE FROM process_heartbeat WHERE id = $1`, [id]);
}
