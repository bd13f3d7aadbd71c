import "server-only";
import { redirect } from "next/navigation";
import { authSettings } from "../auth-settings.ts";
import { recordExport } from "../command/record-export.ts";
import { resolveViewer, sessionCookieName } from "../command/resolve-viewer.ts";
import { LOOPBACK_VIEWER, type Viewer } from "../contract/viewer.ts";
import { AppError, isAppError } from "../errors.ts";
import { clientAddress } from "./client-address.ts";
import { readCookie } from "./cookies.ts";
import { PAGE_HEADER } from "./page-header.ts";
import { peerOf } from "./peer.ts";
import { proxiedPerson } from "./proxied-person.ts";
import { RateLimiter } from "./rate-limit.ts";

/** Guesses of tokens and session ids from one address; who is known is not counted. */
const strangers = new RateLimiter({ burst: 120, perSecond: 2 });
/** Per person or program: far above what pages ask, far below what hurts the database. */
const requests = new RateLimiter({ burst: 600, perSecond: 60 });

/**
 * Who asks: the one place where a request becomes a viewer. Routes and pages call nothing else. For a page, nobody means the way to
 * /login; for a route it means an answer.
 * Errors: `unauthenticated`, `forbidden` (a person without role, or a header that only a listed proxy may send), `too-many-requests`.
 */
export async function currentViewer(headers: Headers = new Headers()): Promise<Viewer> {
  try {
    return await knownViewer(headers);
  } catch (error) {
    const page = headers.get(PAGE_HEADER);
    if (page === null || !isAppError(error)) throw error;
    if (error.code === "unauthenticated") redirect(`/login?next=${encodeURIComponent(page)}`);
    if (error.context.why === "no-role") redirect("/login?error=no-role");
    throw error;
  }
}

/** As `currentViewer`, with `null` for a stranger. */
export async function viewerOrNull(headers: Headers): Promise<Viewer | null> {
  try {
    return await knownViewer(headers);
  } catch (error) {
    if (isAppError(error) && (error.code === "unauthenticated" || error.context.why === "no-role")) return null;
    throw error;
  }
}

async function knownViewer(headers: Headers): Promise<Viewer> {
  const settings = authSettings();
  const bearer = bearerOf(headers);
  if (settings === null && bearer === null) return loopbackViewer(headers);
  const address = clientAddress(headers, settings);
  try {
    const viewer = await resolveViewer(settings, {
      sessionId: settings === null ? null : readCookie(headers, sessionCookieName(settings)),
      bearer,
      proxied: proxiedPerson(headers, settings),
      address,
    });
    requests.take(viewer.name);
    return viewer;
  } catch (error) {
    if (isAppError(error) && error.code === "unauthenticated") strangers.take(address ?? "unknown");
    throw error;
  }
}

/** Without `auth` whoever reaches the loopback interface is the machine's user. The start refuses any other bind; so does this. */
function loopbackViewer(headers: Headers): Viewer {
  const host = (process.env.HOST ?? "127.0.0.1").replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (host !== "localhost" && host !== "::1" && !/^127\./.test(host)) {
    throw new AppError("unauthenticated", "Nobody can sign in here: `auth` is not set.");
  }
  return { ...LOOPBACK_VIEWER, address: peerOf(headers) };
}

/** The text after `Bearer `; other schemes are none of ours. */
function bearerOf(headers: Headers): string | null {
  return /^bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}

/** Files that leave are written down before they do. */
export const noteExport = recordExport;
