import type { TokenChange, TokenInput } from "../contract/tokens.ts";
import type { Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";
import { hashSecret, makeSecret, TOKEN_START } from "../opaque-secret.ts";
import { toToken } from "../query/list-tokens.ts";
import { insertToken, updateTokenRevoked } from "../store/sql/api-tokens.ts";
import { requireAccessManager } from "./authorize.ts";
import { changeWithAudit, type Request } from "./change.ts";

const DAY_MS = 86_400_000;
const SHOWN = TOKEN_START.length + 4;

/** A token for a program. The answer is the only place where its secret ever stands. Errors: `forbidden`, `conflict`. */
export function createToken(
  viewer: Viewer,
  input: TokenInput,
  request: Request,
  now = new Date(),
): Promise<TokenChange> {
  requireAccessManager(viewer);
  const secret = `${TOKEN_START}${makeSecret()}`;
  const unbound = (names: "all" | readonly string[]) => (names === "all" ? null : names);
  return changeWithAudit(viewer, request, async (client) => {
    const token = await insertToken(client, {
      name: input.name,
      tokenHash: hashSecret(secret),
      prefix: secret.slice(0, SHOWN),
      roles: input.roles,
      clusters: unbound(input.clusters),
      teams: unbound(input.teams),
      createdBy: viewer.name,
      expiresAt: new Date(now.getTime() + input.days * DAY_MS),
    });
    if (token === null) throw new AppError("conflict", "A token has this name already; revoke it first.");
    const { name, roles, clusters, teams, days } = input;
    return {
      result: { token: toToken(token, now), secret },
      event: "token.created",
      subject: `token/${token.id}`,
      detail: { name, roles, clusters, teams, days },
    };
  });
}

/** From the next request on nobody gets in with it. Errors: `not-found`, also for one that was revoked before. */
export function revokeToken(viewer: Viewer, id: number, request: Request, now = new Date()): Promise<TokenChange> {
  requireAccessManager(viewer);
  return changeWithAudit(viewer, request, async (client) => {
    const token = await updateTokenRevoked(client, id, viewer.name, now);
    if (token === null) throw new AppError("not-found", "There is no such token in use.", { id: String(id) });
    return {
      result: { token: toToken(token, now), secret: null },
      event: "token.revoked",
      subject: `token/${id}`,
      detail: { name: token.name },
    };
  });
}
