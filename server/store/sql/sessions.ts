import { z } from "zod";
import type { Db } from "../db.ts";
import { USER_COLUMNS, UserRow } from "./read-users.ts";
import { selectRows } from "./rows.ts";

const SessionRow = UserRow.extend({ seenAt: z.date() });
export type StoredSession = z.infer<typeof SessionRow>;

/** The person of a session that is neither idle nor over; a disabled person has none. */
export async function readSession(
  db: Db,
  idHash: Buffer,
  bounds: { readonly now: Date; readonly seenSince: Date },
): Promise<StoredSession | null> {
  const [row] = await selectRows(
    db,
    SessionRow,
    `SELECT ${USER_COLUMNS}, s.seen_at AS "seenAt"
       FROM user_session s JOIN app_user u ON u.id = s.user_id
      WHERE s.id_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND NOT u.is_disabled`,
    [idHash, bounds.now, bounds.seenSince],
  );
  return row ?? null;
}

export async function insertSession(
  db: Db,
  session: {
    readonly idHash: Buffer;
    readonly userId: number;
    readonly now: Date;
    readonly expiresAt: Date;
    readonly address: string | null;
  },
): Promise<void> {
  await db.query(
    "INSERT INTO user_session (id_hash, user_id, created_at, seen_at, expires_at, address) VALUES ($1, $2, $3, $3, $4, $5)",
    [session.idHash, session.userId, session.now, session.expiresAt, session.address],
  );
}

export async function touchSession(db: Db, idHash: Buffer, now: Date): Promise<void> {
  await db.query("UPDATE user_session SET seen_at = greatest(seen_at, $2) WHERE id_hash = $1", [idHash, now]);
}

export async function deleteSession(db: Db, idHash: Buffer): Promise<void> {
  await db.query("DELETE FROM user_session WHERE id_hash = $1", [idHash]);
}

export async function deleteSessionsOf(db: Db, userId: number): Promise<void> {
  await db.query("DELETE FROM user_session WHERE user_id = $1", [userId]);
}

/** What is over: sessions, links, windows of failed sign-ins. */
export async function dropExpiredSignIns(db: Db, now: Date, windowSince: Date): Promise<void> {
  await db.query("DELETE FROM user_session WHERE expires_at <= $1", [now]);
  await db.query("DELETE FROM password_link WHERE expires_at <= $1", [now]);
  await db.query("DELETE FROM sign_in_throttle WHERE window_at <= $1", [windowSince]);
}
