import { type AuthSettings, isBehindTls } from "../auth-settings.ts";
import { safeNext } from "../contract/auth.ts";
import type { AppError } from "../errors.ts";
import type { OpenedSession } from "./open-session.ts";
import { sessionCookieName } from "./resolve-viewer.ts";

/** Cookie in which the browser keeps a sign-in that is under way at the issuer. */
export function flowCookieName(settings: AuthSettings): string {
  return isBehindTls(settings) ? "__Host-sluice-oidc" : "sluice_oidc";
}

export function sessionCookie(settings: AuthSettings, session: OpenedSession) {
  return { name: sessionCookieName(settings), value: session.sessionId, maxAgeSeconds: session.maxAgeSeconds };
}

export function noCookie(name: string) {
  return { name, value: "", maxAgeSeconds: 0 };
}

/** Words of the page for each failure; an unknown one reads as "try again". */
const WORD_OF: Readonly<Record<string, string>> = {
  unauthenticated: "wrong",
  "too-many-requests": "throttled",
  "source-unavailable": "issuer",
  "timed-out": "issuer",
  "database-unavailable": "database",
};

/** Back to /login with the reason and, for throttled ones, how long; what was typed is never part of an address. */
export function loginPath(error: AppError, next: string | null): string {
  const search = new URLSearchParams();
  search.set("error", error.context.why ?? WORD_OF[error.code] ?? "failed");
  if (error.context.retryAfterSeconds !== undefined) search.set("wait", error.context.retryAfterSeconds);
  const target = safeNext(next);
  if (target !== "/") search.set("next", target);
  return `/login?${search}`;
}
