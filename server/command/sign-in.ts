import type { AuthSettings } from "../auth-settings.ts";
import { AppError } from "../errors.ts";
import { hashSecret, SECRET_SHAPE } from "../opaque-secret.ts";
import { hashPassword, PASSWORD_MAX, PASSWORD_MIN, verifyPassword } from "../password-hash.ts";
import { getStore } from "../store/client.ts";
import { inTransaction } from "../store/db.ts";
import { readCredential } from "../store/sql/read-users.ts";
import { deleteSession, deleteSessionsOf, readSession } from "../store/sql/sessions.ts";
import { insertAuditEvent } from "../store/sql/write-audit.ts";
import { readPasswordLink, savePassword, usePasswordLink } from "../store/sql/write-users.ts";
import { type OpenedSession, openSession, type SignInRequest } from "./open-session.ts";
import { beginAttempt, forgiveAttempt } from "./sign-in-throttle.ts";

const NO_LONGER_NAME = 200;

/**
 * Signs a local user in. Errors: `unauthenticated` for a wrong name or password (one answer, the same work), `too-many-requests`,
 * `not-found` where local users are off.
 */
export async function signInLocally(
  settings: AuthSettings,
  { name, password }: { readonly name: string; readonly password: string },
  request: SignInRequest,
  now = new Date(),
): Promise<OpenedSession> {
  if (!settings.hasLocal) throw new AppError("not-found", "There are no local users here.");
  const { pool } = getStore();
  const attempt = { account: name.trim().slice(0, NO_LONGER_NAME), address: request.address };
  await beginAttempt(pool, attempt, now);
  const user = await readCredential(pool, attempt.account);
  const isRight = await verifyPassword(password.slice(0, PASSWORD_MAX), user?.passwordHash ?? null);
  if (user === null || !isRight || user.isDisabled || password.length > PASSWORD_MAX) {
    await insertAuditEvent(pool, {
      // What was typed may be a password in the wrong field; only a name that exists is written down.
      actor: user?.name ?? "unknown",
      event: "sign-in.failed",
      subject: "sign-in/local",
      detail: { reason: user === null ? "no-such-user" : user.isDisabled && isRight ? "disabled" : "wrong-password" },
      requestId: request.requestId,
      address: request.address,
    });
    throw new AppError("unauthenticated", "Name or password is wrong.");
  }
  return inTransaction(pool, async (client) => {
    await forgiveAttempt(client, attempt);
    return openSession(client, settings, user, "local", request, now);
  });
}

/** Ends the session of this browser, in the database too. */
export async function signOut(settings: AuthSettings, request: SignInRequest, now = new Date()): Promise<void> {
  const { oldSessionId } = request;
  if (oldSessionId === null || !SECRET_SHAPE.test(oldSessionId)) return;
  await inTransaction(getStore().pool, async (client) => {
    const idHash = hashSecret(oldSessionId);
    const seenSince = new Date(now.getTime() - settings.sessionIdleSeconds * 1000);
    const session = await readSession(client, idHash, { now, seenSince });
    await deleteSession(client, idHash);
    if (session === null) return;
    await insertAuditEvent(client, {
      actor: session.name,
      event: "sign-out",
      subject: "sign-in/session",
      detail: {},
      requestId: request.requestId,
      address: request.address,
    });
  });
}

/** Why a new password is not taken; `null` when it is. */
export function passwordProblem(password: string, name: string): "too-short" | "too-long" | "like-the-name" | null {
  if (password.length < PASSWORD_MIN) return "too-short";
  if (password.length > PASSWORD_MAX) return "too-long";
  return password.toLowerCase().includes(name.toLowerCase()) && password.length < name.length + 8
    ? "like-the-name"
    : null;
}

/**
 * Sets the password of a link's person and signs them in; every other session of theirs ends.
 * Errors: `invalid-input` for the password, `not-found` for a link that is used or old.
 */
export async function choosePassword(
  settings: AuthSettings,
  { link, password }: { readonly link: string; readonly password: string },
  request: SignInRequest,
  now = new Date(),
): Promise<OpenedSession> {
  const gone = () => new AppError("not-found", "This link was used already or is too old.");
  if (!settings.hasLocal || !SECRET_SHAPE.test(link)) throw gone();
  const { pool } = getStore();
  const tokenHash = hashSecret(link);
  const person = await readPasswordLink(pool, tokenHash, now);
  if (person === null) throw gone();
  const problem = passwordProblem(password, person.name);
  if (problem !== null) throw new AppError("invalid-input", "This password is not taken.", { problem });
  const passwordHash = await hashPassword(password);
  return inTransaction(pool, async (client) => {
    if (!(await usePasswordLink(client, tokenHash, person.userId))) throw gone();
    await savePassword(client, person.userId, passwordHash);
    await deleteSessionsOf(client, person.userId);
    await insertAuditEvent(client, {
      actor: person.name,
      event: "password.chosen",
      subject: `user/${person.userId}`,
      detail: {},
      requestId: request.requestId,
      address: request.address,
    });
    return openSession(client, settings, { id: person.userId, name: person.name }, "link", request, now);
  });
}
