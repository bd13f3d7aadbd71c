import type { PoolClient } from "pg";
import type { AuthSettings } from "../auth-settings.ts";
import { hashSecret, makeSecret } from "../opaque-secret.ts";
import { deleteSession, dropExpiredSignIns, insertSession } from "../store/sql/sessions.ts";
import { insertAuditEvent } from "../store/sql/write-audit.ts";
import { noteSignIn } from "../store/sql/write-users.ts";
import { THROTTLE_WINDOW_MS } from "./sign-in-throttle.ts";

export type SignInRequest = {
  readonly address: string | null;
  readonly requestId: string | null;
  /** Of whoever signed in before in this browser; it ends here. */
  readonly oldSessionId: string | null;
};
export type OpenedSession = { readonly sessionId: string; readonly maxAgeSeconds: number };

/** A new session with a new id for a person who has proved who they are, with its audit line. Old ids are never taken over. */
export async function openSession(
  client: PoolClient,
  settings: AuthSettings,
  user: { readonly id: number; readonly name: string },
  method: "local" | "oidc" | "link",
  request: SignInRequest,
  now: Date,
): Promise<OpenedSession> {
  const sessionId = makeSecret();
  const maxAgeSeconds = settings.sessionSeconds;
  if (request.oldSessionId !== null) await deleteSession(client, hashSecret(request.oldSessionId));
  await insertSession(client, {
    idHash: hashSecret(sessionId),
    userId: user.id,
    now,
    expiresAt: new Date(now.getTime() + maxAgeSeconds * 1000),
    address: request.address,
  });
  await noteSignIn(client, user.id, now);
  await insertAuditEvent(client, {
    actor: user.name,
    event: "sign-in.succeeded",
    subject: `sign-in/${method}`,
    detail: {},
    requestId: request.requestId,
    address: request.address,
  });
  await dropExpiredSignIns(client, now, new Date(now.getTime() - THROTTLE_WINDOW_MS));
  return { sessionId, maxAgeSeconds };
}
