import type { PoolClient } from "pg";
import type { User, UserChange, UserInput, UserPatch } from "../contract/users.ts";
import type { Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";
import { hashSecret, makeSecret } from "../opaque-secret.ts";
import { toUser } from "../query/list-users.ts";
import { readUser, type StoredUser } from "../store/sql/read-users.ts";
import { deleteSessionsOf } from "../store/sql/sessions.ts";
import { dropPasswordLinks, insertLocalUser, insertPasswordLink, updateUser } from "../store/sql/write-users.ts";
import { requireAccessManager } from "./authorize.ts";
import { changeWithAudit, type Request } from "./change.ts";

const LINK_MS = 3 * 86_400_000; // over a weekend

/** Adds a local user, who chooses a password through the link of the answer. Errors: `forbidden`, `conflict` for a taken name. */
export function createUser(viewer: Viewer, input: UserInput, request: Request, now = new Date()): Promise<UserChange> {
  requireAccessManager(viewer);
  return changeWithAudit(viewer, request, async (client) => {
    const user = await insertLocalUser(client, {
      ...toGrant(input),
      name: input.name,
      origin: "page",
      createdBy: viewer.name,
    });
    if (user === null) throw new AppError("conflict", "Somebody has this name already.");
    return {
      result: { user: toUser(user, 0), link: await makeLink(client, user.id, viewer, now) },
      event: "user.created",
      subject: `user/${user.id}`,
      detail: { name: user.name, roles: input.roles, clusters: input.clusters, teams: input.teams },
    };
  });
}

/**
 * Changes a local user's rights or shuts anybody out. Sessions of whoever is shut out end with it; a change of rights holds from
 * the next request on. Errors: `not-found`; `conflict` for rights that a file or an issuer rules, and for oneself.
 */
export function changeUser(viewer: Viewer, id: number, patch: UserPatch, request: Request): Promise<UserChange> {
  requireAccessManager(viewer);
  return changeWithAudit(viewer, request, async (client) => {
    const before = await findUser(client, id);
    const changesRights = patch.roles !== undefined || patch.clusters !== undefined || patch.teams !== undefined;
    if (viewer.userId === id) throw new AppError("conflict", "Nobody changes their own rights.", { id: String(id) });
    if (before.kind === "oidc" && changesRights) {
      throw new AppError("conflict", "What this person may do is said by their groups.", { id: String(id) });
    }
    if (before.origin === "file") throw new AppError("conflict", "sluice.yaml rules this user.", { id: String(id) });
    const user = await updateUser(client, id, {
      roles: patch.roles ?? before.roles,
      clusters: patch.clusters === undefined ? before.clusters : unbound(patch.clusters),
      teams: patch.teams === undefined ? before.teams : unbound(patch.teams),
      isDisabled: patch.isDisabled ?? before.isDisabled,
    });
    if (user === null) throw notFound(id);
    if (user.isDisabled) {
      await deleteSessionsOf(client, id);
      await dropPasswordLinks(client, id);
    }
    return {
      result: { user: toUser(user, 0), link: null },
      event: patch.isDisabled === undefined ? "user.changed" : patch.isDisabled ? "user.disabled" : "user.enabled",
      subject: `user/${id}`,
      detail: { name: user.name, before: rightsIn(toUser(before, 0)), after: rightsIn(toUser(user, 0)) },
    };
  });
}

/** A new link with which a local user chooses a password; the old password stays until then. Errors: as `changeUser`. */
export function createPasswordLink(
  viewer: Viewer,
  id: number,
  request: Request,
  now = new Date(),
): Promise<UserChange> {
  requireAccessManager(viewer);
  return changeWithAudit(viewer, request, async (client) => {
    const user = await findUser(client, id);
    if (user.kind !== "local" || user.origin === "file") {
      throw new AppError("conflict", "This person's password is not kept by Sluice.", { id: String(id) });
    }
    if (user.isDisabled) throw new AppError("conflict", "This user is shut out.", { id: String(id) });
    await dropPasswordLinks(client, id);
    return {
      result: { user: toUser(user, 0), link: await makeLink(client, id, viewer, now) },
      event: "password-link.created",
      subject: `user/${id}`,
      detail: { name: user.name },
    };
  });
}

async function makeLink(client: PoolClient, userId: number, viewer: Viewer, now: Date) {
  const link = makeSecret();
  const expiresAt = new Date(now.getTime() + LINK_MS);
  await insertPasswordLink(client, { tokenHash: hashSecret(link), userId, createdBy: viewer.name, expiresAt });
  return { path: `/login/link?token=${link}`, expiresAt: expiresAt.toISOString() };
}

async function findUser(client: PoolClient, id: number): Promise<StoredUser> {
  const user = await readUser(client, id);
  if (user === null) throw notFound(id);
  return user;
}

function notFound(id: number): AppError {
  return new AppError("not-found", "There is no such user.", { id: String(id) });
}

function toGrant({ roles, clusters, teams }: Pick<UserInput, "roles" | "clusters" | "teams">) {
  return { roles, clusters: unbound(clusters), teams: unbound(teams) };
}

/** `all` is no bound in the tables. */
function unbound(names: "all" | readonly string[]): readonly string[] | null {
  return names === "all" ? null : names;
}

function rightsIn({ roles, clusters, teams, isDisabled }: User) {
  return { roles, clusters, teams, isDisabled };
}
