import { type AuthSettings, isBehindTls } from "../auth-settings.ts";
import type { Role, Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";
import { hashSecret, SECRET_SHAPE, TOKEN_START } from "../opaque-secret.ts";
import { grantOfGroups } from "../query/group-grant.ts";
import { getStore } from "../store/client.ts";
import { readTokenByHash, touchToken } from "../store/sql/api-tokens.ts";
import type { StoredUser } from "../store/sql/read-users.ts";
import { readSession, touchSession } from "../store/sql/sessions.ts";
import { insertAuditEvent } from "../store/sql/write-audit.ts";

/** What a request shows of who sends it; `server/http` has taken it out of headers and socket. */
export type Credentials = {
  readonly sessionId: string | null;
  /** The text after `Bearer `; `null` without such a header. */
  readonly bearer: string | null;
  /** Name and groups that a trusted proxy vouches for. */
  readonly proxied: { readonly name: string; readonly groups: readonly string[] } | null;
  readonly address: string | null;
};

const TOUCH_MS = 60_000;
const DAY_MS = 86_400_000;
const PROXY_NOTE_MS = 12 * 3_600_000;
const ROLES: readonly Role[] = ["viewer", "operator", "finance", "admin"];

/** `__Host-`: browsers take it over TLS from this host alone, never from a neighbour below the same domain. */
export function sessionCookieName(settings: AuthSettings): string {
  return isBehindTls(settings) ? "__Host-sluice" : "sluice_session";
}

/**
 * Who asks. A bearer token counts alone: a wrong one is refused even beside a good cookie. Then the session, then the proxy.
 * Errors: `unauthenticated` when nobody is known; `forbidden` for a person whom no role was given.
 */
export async function resolveViewer(
  settings: AuthSettings | null,
  { sessionId, bearer, proxied, address }: Credentials,
  now = new Date(),
): Promise<Viewer> {
  if (bearer !== null) return tokenViewer(bearer, address, now);
  if (settings === null) throw new AppError("unauthenticated", "Nobody is signed in.");
  if (sessionId !== null && SECRET_SHAPE.test(sessionId)) {
    const viewer = await sessionViewer(settings, sessionId, address, now);
    if (viewer !== null) return refuseWithoutRole(viewer);
  }
  if (proxied !== null && settings.proxy !== null) return proxyViewer(settings, proxied, address, now);
  throw new AppError("unauthenticated", "Nobody is signed in.");
}

async function sessionViewer(
  settings: AuthSettings,
  sessionId: string,
  address: string | null,
  now: Date,
): Promise<Viewer | null> {
  const { pool } = getStore();
  const idHash = hashSecret(sessionId);
  const seenSince = new Date(now.getTime() - settings.sessionIdleSeconds * 1000);
  const session = await readSession(pool, idHash, { now, seenSince });
  if (session === null || !isMethodOn(settings, session)) return null;
  if (now.getTime() - session.seenAt.getTime() > TOUCH_MS) await touchSession(pool, idHash, now);
  return { name: session.name, ...grantOf(settings, session), via: "session", userId: session.id, address };
}

/** A way to sign in that was switched off opens nothing any more. */
function isMethodOn(settings: AuthSettings, user: StoredUser): boolean {
  return user.kind === "local" ? settings.hasLocal : settings.oidc !== null;
}

/** What a stored person may do now: local ones by their row, those of an issuer by their groups. */
export function grantOf(
  settings: AuthSettings | null,
  user: Pick<StoredUser, "kind" | "roles" | "clusters" | "teams" | "groups">,
): Pick<Viewer, "roles" | "clusters" | "teams"> {
  if (user.kind === "oidc") return grantOfGroups(settings?.groups ?? [], user.groups);
  return { roles: knownRoles(user.roles), clusters: user.clusters ?? "all", teams: user.teams ?? "all" };
}

async function tokenViewer(bearer: string, address: string | null, now: Date): Promise<Viewer> {
  const refused = () => new AppError("unauthenticated", "This token is not valid, was revoked or has expired.");
  const secret = bearer.startsWith(TOKEN_START) ? bearer.slice(TOKEN_START.length) : "";
  if (!SECRET_SHAPE.test(secret)) throw refused();
  const { pool } = getStore();
  const token = await readTokenByHash(pool, hashSecret(bearer), now);
  if (token === null) throw refused();
  const name = `token:${token.name}`;
  if (token.usedAt === null || now.getTime() - token.usedAt.getTime() > TOUCH_MS) {
    const today = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
    if (await touchToken(pool, token.id, now, today)) {
      const subject = `token/${token.id}`;
      await insertAuditEvent(pool, { actor: name, event: "token.used", subject, detail: {}, requestId: null, address });
    }
  }
  return refuseWithoutRole({
    name,
    roles: knownRoles(token.roles),
    clusters: token.clusters ?? "all",
    teams: token.teams ?? "all",
    via: "token",
    address,
  });
}

// On globalThis, because Next loads this module once per bundle.
const shared = globalThis as typeof globalThis & { sluiceProxied?: Map<string, number> };
const MAX_NOTED = 10_000;

/** No session is kept for these; who comes in is written down twice a day and process. */
async function proxyViewer(
  settings: AuthSettings,
  { name: given, groups }: { readonly name: string; readonly groups: readonly string[] },
  address: string | null,
  now: Date,
): Promise<Viewer> {
  const name = `proxy:${given}`;
  const viewer: Viewer = { name, ...grantOfGroups(settings.groups, groups), via: "proxy", address };
  shared.sluiceProxied ??= new Map();
  const key = `${name} ${viewer.roles.join()}`;
  if (now.getTime() - (shared.sluiceProxied.get(key) ?? 0) > PROXY_NOTE_MS) {
    if (shared.sluiceProxied.size >= MAX_NOTED) shared.sluiceProxied.clear();
    shared.sluiceProxied.set(key, now.getTime());
    const isIn = viewer.roles.length > 0;
    await insertAuditEvent(getStore().pool, {
      actor: name,
      event: isIn ? "sign-in.succeeded" : "sign-in.refused",
      subject: "sign-in/proxy",
      detail: isIn ? { roles: viewer.roles } : { reason: "no-group" },
      requestId: null,
      address,
    });
  }
  return refuseWithoutRole(viewer);
}

function refuseWithoutRole(viewer: Viewer): Viewer {
  if (viewer.roles.length > 0) return viewer;
  throw new AppError("forbidden", "No role was given to you here. Ask an administrator of Sluice.", { why: "no-role" });
}

function knownRoles(roles: readonly string[]): Role[] {
  return ROLES.filter((role) => roles.includes(role));
}
