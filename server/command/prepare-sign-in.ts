import type { Pool } from "pg";
import type { AuthSettings } from "../auth-settings.ts";
import type { LocalUser } from "../config.ts";
import { hashSecret, makeSecret } from "../opaque-secret.ts";
import { inTransaction } from "../store/db.ts";
import { hasAdministrator, readCredential } from "../store/sql/read-users.ts";
import { insertAuditEvent } from "../store/sql/write-audit.ts";
import {
  disableFileUsersExcept,
  endSessionsOfChangedPassword,
  insertLocalUser,
  insertPasswordLink,
  lockSignInSetup,
  updateUser,
  upsertFileUser,
} from "../store/sql/write-users.ts";

const SETUP_NAME = "admin";
const SETUP_LINK_MS = 24 * 3_600_000;

/**
 * Before the pages open: people of sluice.yaml go into the database as it says now. Where local users are on and none of them may
 * manage access, a link for the first administrator is made; only the caller learns it. `null` when none is needed.
 */
export async function prepareSignIn(
  pool: Pool,
  settings: AuthSettings,
  users: readonly LocalUser[],
  now = new Date(),
): Promise<{ readonly path: string; readonly userName: string } | null> {
  return inTransaction(pool, async (client) => {
    await lockSignInSetup(client);
    const unbound = (names: "all" | readonly string[]) => (names === "all" ? null : names);
    for (const user of users) {
      await endSessionsOfChangedPassword(client, user.name, user.passwordHash);
      await upsertFileUser(client, { ...user, clusters: unbound(user.clusters), teams: unbound(user.teams) });
    }
    await disableFileUsersExcept(
      client,
      users.map(({ name }) => name),
    );
    const hasOtherAdministrators = settings.groups.some(
      (entry) => entry.roles.includes("admin") && entry.clusters === "all" && entry.teams === "all",
    );
    if (!settings.hasLocal || hasOtherAdministrators || (await hasAdministrator(client))) return null;

    const grant = { roles: ["admin"], clusters: null, teams: null };
    const found = await readCredential(client, SETUP_NAME);
    const made =
      found === null
        ? await insertLocalUser(client, { name: SETUP_NAME, origin: "setup", createdBy: "setup", ...grant })
        : await updateUser(client, found.id, { ...grant, isDisabled: false });
    if (made === null || made.origin === "file") return null; // the file rules the name, or an issuer's person has it
    const link = makeSecret();
    await insertPasswordLink(client, {
      tokenHash: hashSecret(link),
      userId: made.id,
      createdBy: "setup",
      expiresAt: new Date(now.getTime() + SETUP_LINK_MS),
    });
    await insertAuditEvent(client, {
      actor: "setup",
      event: "password-link.created",
      subject: `user/${made.id}`,
      detail: { name: made.name },
      requestId: null,
    });
    return { path: `/login/link?token=${link}`, userName: made.name };
  });
}
