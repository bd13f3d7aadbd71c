import { z } from "zod";
import { type AuthSection, hasSignIn, lifetimeSeconds, ROLES } from "./config-auth.ts";
import { AppError } from "./errors.ts";

/**
 * What the web role knows of `auth`: addresses, names and paths, never a secret's text. The process that starts it hands it
 * over as SLUICE_AUTH, as it hands over everything else of sluice.yaml that the web role may know.
 */
const Scope = z.union([z.literal("all"), z.array(z.string())]);
const GroupGrant = z.object({ group: z.string(), roles: z.array(z.enum(ROLES)), clusters: Scope, teams: Scope });
export type GroupGrant = z.infer<typeof GroupGrant>;

const AuthSettings = z.object({
  /** Without a trailing slash; `null` = not said. */
  publicUrl: z.string().nullable(),
  hasLocal: z.boolean(),
  oidc: z
    .object({
      issuer: z.string(),
      clientId: z.string(),
      clientSecretFile: z.string().nullable(),
      caFile: z.string().nullable(),
      origins: z.array(z.string()),
      /** Networks that the issuer may be in although link-local and metadata addresses are refused. */
      outboundCIDRs: z.array(z.string()),
      scopes: z.array(z.string()),
      nameClaim: z.string().nullable(),
      groupsClaim: z.string(),
      label: z.string().nullable(),
    })
    .nullable(),
  proxy: z.object({ from: z.array(z.string()), userHeader: z.string(), groupsHeader: z.string() }).nullable(),
  groups: z.array(GroupGrant),
  trustedProxies: z.array(z.string()),
  sessionIdleSeconds: z.number().int().positive(),
  sessionSeconds: z.number().int().positive(),
});
export type AuthSettings = z.infer<typeof AuthSettings>;
export type OidcSettings = NonNullable<AuthSettings["oidc"]>;

/** `null` when nobody can sign in. `path` resolves file names of the section. */
export function toAuthSettings(
  auth: AuthSection,
  publicUrl: string | null,
  path: (file: string) => string,
  outboundCIDRs: readonly string[] = [],
): AuthSettings | null {
  if (!hasSignIn(auth)) return null;
  const fileOrNull = (file: string | undefined) => (file === undefined ? null : path(file));
  const { oidc, proxy } = auth;
  return {
    publicUrl,
    hasLocal: auth.local !== undefined,
    oidc:
      oidc === undefined
        ? null
        : {
            ...oidc,
            clientSecretFile: fileOrNull(oidc.clientSecretFile),
            caFile: fileOrNull(oidc.caFile),
            nameClaim: oidc.nameClaim ?? null,
            label: oidc.label ?? null,
            outboundCIDRs: [...outboundCIDRs],
          },
    proxy: proxy ?? null,
    groups: auth.groups,
    trustedProxies: auth.trustedProxies,
    sessionIdleSeconds: lifetimeSeconds(auth.sessions.idle),
    sessionSeconds: lifetimeSeconds(auth.sessions.absolute),
  };
}

let cached: { readonly text: string; readonly settings: AuthSettings } | null = null;

/**
 * The settings of this process; `null` = sign-in is off.
 * Errors: `invalid-configuration` for a text that this program did not write: then nobody gets in, rather than everybody.
 */
export function authSettings(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): AuthSettings | null {
  const text = environment.SLUICE_AUTH;
  if (text === undefined || text === "") return null;
  if (cached?.text === text) return cached.settings;
  try {
    const settings = AuthSettings.parse(JSON.parse(text));
    cached = { text, settings };
    return settings;
  } catch {
    throw new AppError("invalid-configuration", "SLUICE_AUTH is not what this program writes; start with npm start.");
  }
}

/** Readers come over TLS: cookies are marked for it and browsers are told to stay with it. */
export function isBehindTls(settings: AuthSettings | null): boolean {
  return settings?.publicUrl?.startsWith("https://") === true;
}
