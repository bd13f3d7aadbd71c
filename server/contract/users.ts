import { Roles, Scope } from "./auth.ts";
import { Moment } from "./common.ts";
import { z } from "./zod.ts";

export const User = z
  .object({
    id: z.number().int(),
    name: z.string(),
    kind: z.enum(["local", "oidc"]),
    /** `file`: sluice.yaml rules this user. */
    origin: z.enum(["file", "page", "setup", "issuer"]),
    /** Of an issuer's user: what the groups give now. */
    roles: z.array(z.string()),
    clusters: Scope,
    teams: Scope,
    groups: z.array(z.string()),
    isDisabled: z.boolean(),
    /** A local user without one has a link, or needs a new one. */
    hasPassword: z.boolean(),
    sessionCount: z.number().int(),
    createdAt: Moment,
    createdBy: z.string(),
    signedInAt: Moment.nullable(),
  })
  .meta({ id: "User" });
export type User = z.infer<typeof User>;

export const UserList = z.object({ items: z.array(User) }).meta({ id: "UserList" });
export type UserList = z.infer<typeof UserList>;

export const UserParams = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });

const UserName = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._@+-]{0,62}[A-Za-z0-9])?$/)
  .refine((name) => !["loopback", "system", "setup"].includes(name.toLowerCase()), "is reserved");

export const UserInput = z
  .object({ name: UserName, roles: Roles, clusters: Scope, teams: Scope })
  .meta({ id: "UserInput" });
export type UserInput = z.infer<typeof UserInput>;

export const UserPatch = z
  .object({
    roles: Roles.optional(),
    clusters: Scope.optional(),
    teams: Scope.optional(),
    isDisabled: z.boolean().optional(),
  })
  .meta({ id: "UserPatch" });
export type UserPatch = z.infer<typeof UserPatch>;

/** `link` is shown once: the path of the page on which the person chooses a password. */
export const UserChange = z
  .object({ user: User, link: z.object({ path: z.string(), expiresAt: Moment }).nullable() })
  .meta({ id: "UserChange" });
export type UserChange = z.infer<typeof UserChange>;
