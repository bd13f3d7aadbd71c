import { z } from "zod";
import type { Db } from "../db.ts";
import { selectRows } from "./rows.ts";
import type { UserGrant } from "./write-users.ts";

const names = z.array(z.string()).nullable();
const TokenRow = z.object({
  id: z.number(),
  name: z.string(),
  prefix: z.string(),
  roles: z.array(z.string()),
  clusters: names,
  teams: names,
  createdAt: z.date(),
  createdBy: z.string(),
  expiresAt: z.date(),
  usedAt: z.date().nullable(),
  revokedAt: z.date().nullable(),
  revokedBy: z.string().nullable(),
});
export type StoredToken = z.infer<typeof TokenRow>;

const COLUMNS = `id::float8 AS id, name, prefix, roles, clusters, teams, created_at AS "createdAt", created_by AS "createdBy",
            expires_at AS "expiresAt", used_at AS "usedAt", revoked_at AS "revokedAt", revoked_by AS "revokedBy"`;
const MAX_TOKENS = 5000;

/** Newest first, revoked ones too. */
export function readTokens(db: Db): Promise<StoredToken[]> {
  return selectRows(db, TokenRow, `SELECT ${COLUMNS} FROM api_token ORDER BY id DESC LIMIT ${MAX_TOKENS}`, []);
}

/** The token behind a hash while it may be used. */
export async function readTokenByHash(db: Db, tokenHash: Buffer, now: Date): Promise<StoredToken | null> {
  const [row] = await selectRows(
    db,
    TokenRow,
    `SELECT ${COLUMNS} FROM api_token WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > $2`,
    [tokenHash, now],
  );
  return row ?? null;
}

/** `null` when a token that is not revoked has the name. */
export async function insertToken(
  db: Db,
  token: UserGrant & {
    readonly name: string;
    readonly tokenHash: Buffer;
    readonly prefix: string;
    readonly createdBy: string;
    readonly expiresAt: Date;
  },
): Promise<StoredToken | null> {
  const [row] = await selectRows(
    db,
    TokenRow,
    `INSERT INTO api_token (name, token_hash, prefix, roles, clusters, teams, created_by, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [
      token.name,
      token.tokenHash,
      token.prefix,
      token.roles,
      token.clusters,
      token.teams,
      token.createdBy,
      token.expiresAt,
    ],
  );
  return row ?? null;
}

/** `null` when there is none, or it was revoked before. */
export async function updateTokenRevoked(db: Db, id: number, by: string, now: Date): Promise<StoredToken | null> {
  const [row] = await selectRows(
    db,
    TokenRow,
    `UPDATE api_token SET revoked_at = $3, revoked_by = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING ${COLUMNS}`,
    [id, by, now],
  );
  return row ?? null;
}

/** Moves the moment of the last use; true for the first use of a day, which the audit log has. */
export async function touchToken(db: Db, id: number, now: Date, day: Date): Promise<boolean> {
  const rows = await selectRows(
    db,
    z.object({ isFirst: z.boolean() }),
    `UPDATE api_token t SET used_at = $2 FROM (SELECT id, used_at FROM api_token WHERE id = $1 FOR UPDATE) o
      WHERE t.id = o.id RETURNING (o.used_at IS NULL OR o.used_at < $3) AS "isFirst"`,
    [id, now, day],
  );
  return rows[0]?.isFirst === true;
}
