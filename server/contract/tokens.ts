import { Roles, Scope } from "./auth.ts";
import { Moment } from "./common.ts";
import { z } from "./zod.ts";

export const Token = z
  .object({
    id: z.number().int(),
    name: z.string(),
    /** First characters of the token itself. */
    prefix: z.string(),
    roles: z.array(z.string()),
    clusters: Scope,
    teams: Scope,
    createdAt: Moment,
    createdBy: z.string(),
    expiresAt: Moment,
    usedAt: Moment.nullable(),
    revokedAt: Moment.nullable(),
    revokedBy: z.string().nullable(),
    state: z.enum(["active", "expired", "revoked"]),
  })
  .meta({ id: "Token" });
export type Token = z.infer<typeof Token>;

export const TokenList = z.object({ items: z.array(Token) }).meta({ id: "TokenList" });
export type TokenList = z.infer<typeof TokenList>;

export const TokenParams = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });

export const MAX_TOKEN_DAYS = 366;
export const TokenInput = z
  .object({
    name: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/),
    roles: Roles,
    clusters: Scope,
    teams: Scope,
    days: z.number().int().min(1).max(MAX_TOKEN_DAYS),
  })
  .meta({ id: "TokenInput" });
export type TokenInput = z.infer<typeof TokenInput>;

/** `secret` is shown once and stored nowhere; `null` after a revocation. */
export const TokenChange = z.object({ token: Token, secret: z.string().nullable() }).meta({ id: "TokenChange" });
export type TokenChange = z.infer<typeof TokenChange>;
