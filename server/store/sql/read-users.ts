import { z } from "zod";
import type { Db } from "../db.ts";
import { selectRows } from "./rows.ts";

const names = z.array(z.string()).nullable();
export const UserRow = z.object({
  id: z.number(),
  kind: z.enum(["local", "oidc"]),
  name: z.string(),
  origin: z.enum(["file", "page", "setup", "issuer"]),
  roles: z.array(z.string()),
  clusters: names,
  teams: names,
  groups: z.array(z.string()),
  isDisabled: z.boolean(),
  hasPassword: z.boolean(),
  createdAt: z.date(),
  createdBy: z.string(),
  signedInAt: z.date().nullable(),
});
export type StoredUser = z.infer<typeof UserRow>;

/** Never the hash itself. */
export const USER_COLUMNS = `u.id::float8 AS id, u.kind, u.name, u.origin, u.roles, u.clusters, u.teams, u.groups,
            u.is_disabled AS "isDisabled", u.password_hash IS NOT NULL AS "hasPassword", u.created_at AS "createdAt",
            u.created_by AS "createdBy", u.signed_in_at AS "signedInAt"`;

const MAX_USERS = 5000;

/** Everybody, with their live sessions. */
export function readUsers(db: Db, now: Date): Promise<(StoredUser & { sessionCount: number })[]> {
  return selectRows(
    db,
    UserRow.extend({ sessionCount: z.number() }),
    `SELECT ${USER_COLUMNS},
            (SELECT count(*)::int FROM user_session s WHERE s.user_id = u.id AND s.expires_at > $1) AS "sessionCount"
       FROM app_user u ORDER BY u.name LIMIT ${MAX_USERS}`,
    [now],
  );
}

export async function readUser(db: Db, id: number): Promise<StoredUser | null> {
  const [row] = await selectRows(db, UserRow, `SELECT ${USER_COLUMNS} FROM app_user u WHERE u.id = $1`, [id]);
  return row ?? null;
}

/** For checking a password; the only place that reads a hash. */
export async function readCredential(
  db: Db,
  name: string,
): Promise<{ id: number; name: string; passwordHash: string | null; isDisabled: boolean } | null> {
  const [row] = await selectRows(
    db,
    z.object({ id: z.number(), name: z.string(), passwordHash: z.string().nullable(), isDisabled: z.boolean() }),
    `SELECT id::float8 AS id, name, password_hash AS "passwordHash", is_disabled AS "isDisabled"
       FROM app_user WHERE lower(name) = lower($1) AND kind = 'local'`,
    [name],
  );
  return row ?? null;
}

/** Whether a local user exists who may manage access and can sign in. */
export async function hasAdministrator(db: Db): Promise<boolean> {
  const rows = await selectRows(
    db,
    z.object({ id: z.number() }),
    `SELECT id::float8 AS id FROM app_user
      WHERE kind = 'local' AND NOT is_disabled AND password_hash IS NOT NULL AND 'admin' = ANY(roles)
        AND clusters IS NULL AND teams IS NULL
      LIMIT 1`,
    [],
  );
  return rows.length > 0;
}
