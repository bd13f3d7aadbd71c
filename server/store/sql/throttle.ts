import { z } from "zod";
import type { Db } from "../db.ts";
import { selectRows } from "./rows.ts";

const Row = z.object({ failures: z.number(), windowAt: z.date() });

/**
 * Counts one attempt in the window of its key and tells how many there are, in one statement: guesses that arrive at the same
 * moment are counted before any of them is checked.
 */
export async function countAttempt(db: Db, key: Buffer, now: Date, windowSince: Date): Promise<z.infer<typeof Row>> {
  const [row] = await selectRows(
    db,
    Row,
    `INSERT INTO sign_in_throttle AS t (key, failures, window_at) VALUES ($1, 1, $2)
     ON CONFLICT (key) DO UPDATE
        SET failures = CASE WHEN t.window_at <= $3 THEN 1 ELSE least(t.failures + 1, 1000000) END,
            window_at = CASE WHEN t.window_at <= $3 THEN $2 ELSE t.window_at END
     RETURNING failures, window_at AS "windowAt"`,
    [key, now, windowSince],
  );
  return row ?? { failures: 1, windowAt: now };
}

/** The attempt was no guess. */
export async function takeBackAttempt(db: Db, key: Buffer): Promise<void> {
  await db.query("UPDATE sign_in_throttle SET failures = failures - 1 WHERE key = $1 AND failures > 0", [key]);
}

export async function forgetAttempts(db: Db, key: Buffer): Promise<void> {
  await db.query("DELETE FROM sign_in_throttle WHERE key = $1", [key]);
}
