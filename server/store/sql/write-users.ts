import { z } from "zod";
import type { Db } from "../db.ts";
import { type StoredUser, USER_COLUMNS, UserRow } from "./read-users.ts";
import { selectRows } from "./rows.ts";

export type UserGrant = {
  readonly roles: readonly string[];
  /** `null` = every. */
  readonly clusters: readonly string[] | null;
  readonly teams: readonly string[] | null;
};

const SETUP_LOCK = 736_200;

/** Until the end of the transaction: two web processes may start at once. */
export async function lockSignInSetup(db: Db): Promise<void> {
  await db.query(`SELECT pg_advisory_xact_lock(${SETUP_LOCK})`);
}

/** `null` when the name is taken. */
export async function insertLocalUser(
  db: Db,
  user: UserGrant & { readonly name: string; readonly origin: "page" | "setup"; readonly createdBy: string },
): Promise<StoredUser | null> {
  const [row] = await selectRows(
    db,
    UserRow,
    `INSERT INTO app_user AS u (kind, name, origin, roles, clusters, teams, created_by)
     VALUES ('local', $1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING RETURNING ${USER_COLUMNS}`,
    [user.name, user.origin, user.roles, user.clusters, user.teams, user.createdBy],
  );
  return row ?? null;
}

/** What sluice.yaml says of one user. Takes over a user of the same name that a page made; never one of an issuer. */
export async function upsertFileUser(
  db: Db,
  user: UserGrant & { readonly name: string; readonly passwordHash: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `INSERT INTO app_user AS u (kind, name, origin, password_hash, roles, clusters, teams, created_by)
     VALUES ('local', $1, 'file', $2, $3, $4, $5, 'sluice.yaml')
     ON CONFLICT ((lower(name))) DO UPDATE
        SET name = excluded.name, origin = 'file', password_hash = excluded.password_hash, roles = excluded.roles,
            clusters = excluded.clusters, teams = excluded.teams, is_disabled = false
      WHERE u.kind = 'local'`,
    [user.name, user.passwordHash, user.roles, user.clusters, user.teams],
  );
  return rowCount === 1;
}

/** Users of the file that it no longer names are shut out; their names stay for the audit log. */
export async function disableFileUsersExcept(db: Db, names: readonly string[]): Promise<void> {
  await db.query(
    `WITH gone AS (
       UPDATE app_user SET is_disabled = true
        WHERE origin = 'file' AND NOT is_disabled AND NOT (lower(name) = ANY($1::text[])) RETURNING id)
     DELETE FROM user_session WHERE user_id IN (SELECT id FROM gone)`,
    [names.map((name) => name.toLowerCase())],
  );
}

/** A changed password in the file ends the sessions that the old one opened. */
export async function endSessionsOfChangedPassword(db: Db, name: string, passwordHash: string): Promise<void> {
  await db.query(
    `DELETE FROM user_session WHERE user_id IN
       (SELECT id FROM app_user WHERE lower(name) = lower($1) AND kind = 'local' AND password_hash IS DISTINCT FROM $2)`,
    [name, passwordHash],
  );
}

export type IssuerUser = {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly groups: readonly string[];
};

/** The person behind issuer and subject, with today's name and groups. `null` when another person has the name. */
export async function upsertIssuerUser(db: Db, user: IssuerUser): Promise<StoredUser | null> {
  const values = [user.issuer, user.subject, user.name, user.groups];
  const isTaken = `EXISTS (SELECT 1 FROM app_user WHERE lower(name) = lower($3)
                            AND (issuer IS DISTINCT FROM $1 OR subject IS DISTINCT FROM $2))`;
  const [row] = await selectRows(
    db,
    UserRow,
    `INSERT INTO app_user AS u (kind, issuer, subject, name, groups, origin, created_by)
     SELECT 'oidc', $1, $2, $3, $4::text[], 'issuer', $1 WHERE NOT ${isTaken}
     ON CONFLICT (issuer, subject) WHERE issuer IS NOT NULL DO UPDATE SET name = excluded.name, groups = excluded.groups
     RETURNING ${USER_COLUMNS}`,
    values,
  );
  return row ?? null;
}

export async function updateUser(
  db: Db,
  id: number,
  patch: {
    readonly roles: readonly string[];
    readonly clusters: readonly string[] | null;
    readonly teams: readonly string[] | null;
    readonly isDisabled: boolean;
  },
): Promise<StoredUser | null> {
  const [row] = await selectRows(
    db,
    UserRow,
    `UPDATE app_user AS u SET roles = $2, clusters = $3, teams = $4, is_disabled = $5 WHERE id = $1 RETURNING ${USER_COLUMNS}`,
    [id, patch.roles, patch.clusters, patch.teams, patch.isDisabled],
  );
  return row ?? null;
}

export async function savePassword(db: Db, id: number, passwordHash: string): Promise<void> {
  await db.query("UPDATE app_user SET password_hash = $2 WHERE id = $1", [id, passwordHash]);
}

export async function noteSignIn(db: Db, id: number, now: Date): Promise<void> {
  await db.query("UPDATE app_user SET signed_in_at = $2 WHERE id = $1", [id, now]);
}

export async function insertPasswordLink(
  db: Db,
  link: {
    readonly tokenHash: Buffer;
    readonly userId: number;
    readonly createdBy: string;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await db.query("INSERT INTO password_link (token_hash, user_id, created_by, expires_at) VALUES ($1, $2, $3, $4)", [
    link.tokenHash,
    link.userId,
    link.createdBy,
    link.expiresAt,
  ]);
}

const LinkUser = z.object({ userId: z.number(), name: z.string() });

/** Whose password a link sets, while it is valid. */
export async function readPasswordLink(db: Db, tokenHash: Buffer, now: Date): Promise<z.infer<typeof LinkUser> | null> {
  const [row] = await selectRows(
    db,
    LinkUser,
    `SELECT u.id::float8 AS "userId", u.name FROM password_link l JOIN app_user u ON u.id = l.user_id
      WHERE l.token_hash = $1 AND l.expires_at > $2 AND NOT u.is_disabled AND u.kind = 'local' AND u.origin <> 'file'`,
    [tokenHash, now],
  );
  return row ?? null;
}

/** Takes the link out of the world; true for the one request that did. */
export async function usePasswordLink(db: Db, tokenHash: Buffer, userId: number): Promise<boolean> {
  const { rowCount } = await db.query("DELETE FROM password_link WHERE token_hash = $1 AND user_id = $2", [
    tokenHash,
    userId,
  ]);
  if (rowCount !== 1) return false;
  await db.query("DELETE FROM password_link WHERE user_id = $1", [userId]); // older links of the same person
  return true;
}

export async function dropPasswordLinks(db: Db, userId: number): Promise<void> {
  await db.query("DELETE FROM password_link WHERE user_id = $1", [userId]);
}
