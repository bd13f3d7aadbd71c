import { createHash } from "node:crypto";
import { AppError } from "../errors.ts";
import type { Db } from "../store/db.ts";
import { countAttempt, forgetAttempts, takeBackAttempt } from "../store/sql/throttle.ts";
import { insertAuditEvent } from "../store/sql/write-audit.ts";

export const THROTTLE_WINDOW_MS = 15 * 60_000;
/**
 * Failed sign-ins per window. From one address to one account few; an address may hold a whole office, and an account may be
 * attacked from many addresses: its bound is wide, because whoever reaches it keeps the owner out too.
 */
const LIMITS = { pair: 5, address: 50, account: 100 } as const;
type Kind = keyof typeof LIMITS;

export type Attempt = { readonly account: string; readonly address: string | null };

/**
 * Counts an attempt before its password is looked at. Kept in the database: all web processes count together.
 * Errors: `too-many-requests` with the seconds until the window ends.
 */
export async function beginAttempt(db: Db, attempt: Attempt, now: Date): Promise<void> {
  const since = new Date(now.getTime() - THROTTLE_WINDOW_MS);
  for (const [kind, key] of keysOf(attempt)) {
    const { failures, windowAt } = await countAttempt(db, key, now, since);
    if (failures <= LIMITS[kind]) continue;
    if (failures === LIMITS[kind] + 1) {
      await insertAuditEvent(db, {
        actor: "unknown",
        event: "sign-in.throttled",
        subject: `sign-in/${kind}`,
        detail: {},
        requestId: null,
        address: attempt.address,
      });
    }
    const endsMs = windowAt.getTime() + THROTTLE_WINDOW_MS - now.getTime();
    throw new AppError("too-many-requests", "Too many failed sign-ins. Wait a while, then try again.", {
      retryAfterSeconds: String(Math.max(1, Math.ceil(endsMs / 1000))),
    });
  }
}

/** The attempt was good: the pair starts anew, the wide counts lose this one attempt and keep the others. */
export async function forgiveAttempt(db: Db, attempt: Attempt): Promise<void> {
  for (const [kind, key] of keysOf(attempt)) {
    if (kind === "pair") await forgetAttempts(db, key);
    else await takeBackAttempt(db, key);
  }
}

function keysOf({ account, address }: Attempt): [Kind, Buffer][] {
  const name = account.toLowerCase();
  const place = address ?? "unknown";
  const hash = (...parts: string[]) => createHash("sha256").update(JSON.stringify(parts)).digest();
  return [
    ["pair", hash("pair", name, place)],
    ["address", hash("address", place)],
    ["account", hash("account", name)],
  ];
}
