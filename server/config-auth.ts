import { BlockList, isIP } from "node:net";
import { z } from "zod";

/** The `auth` section of sluice.yaml. Descriptions are what a person is told when a value is refused. */

export const ROLES = ["viewer", "operator", "finance", "admin"] as const;

const text = (description: string) => z.string().min(1).max(500).describe(description);
const file = (what: string) => text(`the path of ${what}, relative to this file`);

/** `10.0.0.0/8`, `fd00::/8`, or one address. */
export function isNetwork(value: string): boolean {
  const [address = "", prefix, ...rest] = value.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 4 ? 32 : 128)) return false;
  new BlockList().addSubnet(address, Number(prefix), family === 4 ? "ipv4" : "ipv6");
  return true;
}

const networks = z
  .array(
    z
      .string()
      .refine(isNetwork, { error: "is not a network" })
      .describe("an address or a network such as 10.0.0.0/8 or fd00::/8"),
  )
  .max(200);

const headerName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, { error: "is not a header name" })
  .refine((name) => !/^(host|cookie|authorization|origin|x-forwarded-(for|proto|host)|x-sluice-.*)$/i.test(name), {
    error: "has a meaning of its own",
  })
  .describe("the name of a header, such as X-Forwarded-User");

// Without colon: `token:`, `proxy:` and the like are told apart by it in the audit log.
export const USER_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._@+-]{0,62}[A-Za-z0-9])?$/;
const RESERVED_NAMES = new Set(["loopback", "system", "setup"]);
export function isUserName(name: string): boolean {
  return USER_NAME.test(name) && !RESERVED_NAMES.has(name.toLowerCase());
}

const roles = z.array(z.enum(ROLES)).min(1).max(ROLES.length);
const scope = (what: string) =>
  z
    .union([z.literal("all"), z.array(z.string().max(200)).max(500)])
    .describe(`all, or a list of ${what}`)
    .default("all");

const PASSWORD_HASH = /^scrypt\$\d{2}\$\d{1,2}\$\d{1,2}\$[A-Za-z0-9_-]{16,}\$[A-Za-z0-9_-]{32,}$/;

const localUser = z.strictObject({
  name: z
    .string()
    .refine(isUserName, { error: "is not a user name" })
    .describe("up to 64 letters, digits, dots, dashes, underscores, plus and @; not loopback, system or setup"),
  passwordHash: z
    .string()
    .regex(PASSWORD_HASH, { error: "is not a password hash" })
    .describe("what `npm run hash-password` printed"),
  roles,
  clusters: scope("cluster names"),
  teams: scope('team names; "" is what nobody owns'),
});

const groupEntry = z.strictObject({
  group: text("the name of a group, as the issuer or the proxy sends it"),
  roles,
  clusters: scope("cluster names"),
  teams: scope('team names; "" is what nobody owns'),
});

const issuerUrl = z
  .string()
  .refine(isIssuer, { error: "is not an issuer" })
  .describe("an https:// address without query or fragment (http:// for loopback only)");

function isIssuer(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || `${url.username}${url.password}${url.search}${url.hash}` !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopbackName(url.hostname));
}

function isLoopbackName(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

const origin = z
  .string()
  .refine((value) => isIssuer(value) && URL.parse(value)?.origin === value, { error: "is not an origin" })
  .describe("an origin such as https://oauth2.example.com");

const claim = z
  .string()
  .regex(/^[A-Za-z0-9_.:/-]{1,200}$/, { error: "is not a claim" })
  .describe("the name of a claim");

const lifetime = z
  .string()
  .regex(/^[1-9]\d{0,3}[hd]$/, { error: "is not a length of time" })
  .describe("a length of time in hours or days: 12h, 7d");

export const AuthSection = z
  .strictObject({
    /** Sign-in with names and passwords kept by Sluice. */
    local: z.strictObject({ users: z.array(localUser).max(500).default([]) }).optional(),
    oidc: z
      .strictObject({
        issuer: issuerUrl,
        clientId: text("the client id that the issuer knows Sluice by"),
        clientSecretFile: file("a file with the client secret").optional(),
        caFile: file("the certificate authority of the issuer (PEM)").optional(),
        origins: z.array(origin).max(10).default([]),
        scopes: z
          .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/))
          .max(20)
          .describe("scopes beside openid")
          .default(["profile", "email"]),
        nameClaim: claim.optional(),
        groupsClaim: claim.default("groups"),
        label: text("the words on the sign-in button").max(60).optional(),
      })
      .optional(),
    proxy: z
      .strictObject({
        from: networks.min(1),
        userHeader: headerName.default("X-Forwarded-User"),
        groupsHeader: headerName.default("X-Forwarded-Groups"),
      })
      .optional(),
    groups: z.array(groupEntry).max(500).default([]),
    trustedProxies: networks.default([]),
    sessions: z.strictObject({ idle: lifetime.default("12h"), absolute: lifetime.default("7d") }).prefault({}),
  })
  .superRefine((value, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    const ways = [value.local, value.oidc, value.proxy].filter((way) => way !== undefined).length;
    // Settings without a way to sign in would look as if they protected something.
    if (ways === 0 && (value.groups.length > 0 || value.trustedProxies.length > 0)) {
      refuse([], "names no way to sign in; give local, oidc or proxy");
    }
    if ((value.oidc !== undefined || value.proxy !== undefined) && value.groups.length === 0) {
      refuse(["groups"], "says what nobody may do; oidc and proxy need at least one group");
    }
    const names = (value.local?.users ?? []).map(({ name }) => name.toLowerCase());
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) < index) refuse(["local", "users", index, "name"], "is there twice");
    }
    if (lifetimeSeconds(value.sessions.absolute) < lifetimeSeconds(value.sessions.idle)) {
      refuse(["sessions", "absolute"], "must not be shorter than idle");
    }
  });
export type AuthSection = z.infer<typeof AuthSection>;

export function lifetimeSeconds(value: string): number {
  return Number(value.slice(0, -1)) * (value.endsWith("h") ? 3600 : 86_400);
}

/** Whether anybody can sign in; else the loopback rule holds. */
export function hasSignIn(auth: AuthSection): boolean {
  return auth.local !== undefined || auth.oidc !== undefined || auth.proxy !== undefined;
}
