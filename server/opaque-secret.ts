import { createHash, randomBytes } from "node:crypto";

/** 256 bits from the system: nothing to guess, so a plain hash is enough to keep it. */
export function makeSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** What the database holds instead of a session id, a token or a link. */
export function hashSecret(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

export const TOKEN_START = "sluice_";
/** How a secret of ours looks; anything else is refused without asking the database. */
export const SECRET_SHAPE = /^[A-Za-z0-9_-]{43}$/;
