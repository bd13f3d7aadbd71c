import { RIGHTS, type Right } from "./rights.ts";
import { z } from "./zod.ts";

const RoleName = z.enum(["viewer", "operator", "finance", "admin"]);
export const Roles = z.array(RoleName).min(1).max(4);
/** `all`, or exactly these names; an empty list is nothing. */
export const Scope = z.union([z.literal("all"), z.array(z.string().max(200)).max(500)]);

export const SignInMethods = z
  .object({
    isLocal: z.boolean(),
    /** Words of the button; `null` = no issuer. */
    oidc: z.object({ label: z.string().nullable(), issuer: z.string() }).nullable(),
    isProxy: z.boolean(),
  })
  .meta({ id: "SignInMethods" });
export type SignInMethods = z.infer<typeof SignInMethods>;

/** Who is asking, and how one signs in here. */
export const Session = z
  .object({
    /** False = whoever reaches the loopback interface may do everything. */
    isSignInOn: z.boolean(),
    methods: SignInMethods,
    /** `null` = nobody is signed in. */
    viewer: z
      .object({
        name: z.string(),
        via: z.enum(["loopback", "session", "token", "proxy"]),
        roles: z.array(RoleName),
        clusters: Scope,
        teams: Scope,
        rights: z.array(z.enum(Object.keys(RIGHTS) as [Right, ...Right[]])),
      })
      .nullable(),
  })
  .meta({ id: "Session" });
export type Session = z.infer<typeof Session>;

const LONGEST_NEXT = 2000;

/**
 * Where to go after signing in: a page of our own, or the overview. A full address, `//host`, a backslash (which browsers read
 * as a slash), control characters, the API and the sign-in pages themselves are none.
 */
export function safeNext(next: string | null | undefined): string {
  if (next === null || next === undefined || next.length > LONGEST_NEXT) return "/";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop some of them from an address
  if (!next.startsWith("/") || /^\/[/\\]/.test(next) || /[\\\u0000-\u0020\u007f]/.test(next)) return "/";
  const base = "http://sluice.invalid";
  const url = URL.parse(next, base);
  if (url === null || url.origin !== base) return "/";
  // Dots may have led back to a second slash: /.//host
  if (url.pathname.startsWith("//") || /^\/(api|login|_next)(\/|$)/i.test(url.pathname)) return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}
