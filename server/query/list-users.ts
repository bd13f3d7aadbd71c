import { authSettings } from "../auth-settings.ts";
import type { User, UserList } from "../contract/users.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { readUsers, type StoredUser } from "../store/sql/read-users.ts";
import { requireAccessReader } from "./access-reader.ts";
import { grantOfGroups } from "./group-grant.ts";

/** People who can sign in or have signed in. Errors: `forbidden`. */
export async function listUsers(viewer: Viewer, now = new Date()): Promise<UserList> {
  requireAccessReader(viewer);
  const users = await readUsers(getStore().pool, now);
  return { items: users.map((user) => toUser(user, user.sessionCount)) };
}

export function toUser(user: StoredUser, sessionCount: number): User {
  type Rights = { roles: readonly string[]; clusters: "all" | readonly string[]; teams: "all" | readonly string[] };
  const grant: Rights =
    user.kind === "oidc"
      ? grantOfGroups(authSettings()?.groups ?? [], user.groups)
      : { roles: user.roles, clusters: user.clusters ?? "all", teams: user.teams ?? "all" };
  const bound = (names: "all" | readonly string[]): "all" | string[] => (names === "all" ? "all" : [...names]);
  return {
    id: user.id,
    name: user.name,
    kind: user.kind,
    origin: user.origin,
    roles: [...grant.roles],
    clusters: bound(grant.clusters),
    teams: bound(grant.teams),
    groups: user.groups,
    isDisabled: user.isDisabled,
    hasPassword: user.hasPassword,
    sessionCount,
    createdAt: user.createdAt.toISOString(),
    createdBy: user.createdBy,
    signedInAt: user.signedInAt?.toISOString() ?? null,
  };
}
