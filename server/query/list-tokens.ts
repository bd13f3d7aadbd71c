import type { Token, TokenList } from "../contract/tokens.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { readTokens, type StoredToken } from "../store/sql/api-tokens.ts";
import { requireAccessReader } from "./access-reader.ts";

/** API tokens without their secrets, newest first. Errors: `forbidden`. */
export async function listTokens(viewer: Viewer, now = new Date()): Promise<TokenList> {
  requireAccessReader(viewer);
  return { items: (await readTokens(getStore().pool)).map((token) => toToken(token, now)) };
}

export function toToken(token: StoredToken, now: Date): Token {
  return {
    id: token.id,
    name: token.name,
    prefix: token.prefix,
    roles: token.roles,
    clusters: token.clusters ?? "all",
    teams: token.teams ?? "all",
    createdAt: token.createdAt.toISOString(),
    createdBy: token.createdBy,
    expiresAt: token.expiresAt.toISOString(),
    usedAt: token.usedAt?.toISOString() ?? null,
    revokedAt: token.revokedAt?.toISOString() ?? null,
    revokedBy: token.revokedBy,
    state: token.revokedAt !== null ? "revoked" : token.expiresAt <= now ? "expired" : "active",
  };
}
