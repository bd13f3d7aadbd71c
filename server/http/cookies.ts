/** The value of one cookie of a request; of several with one name the first, as browsers send the most specific first. */
export function readCookie(headers: Headers, name: string): string | null {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

export type CookieOptions = {
  /** 0 takes the cookie away. */
  readonly maxAgeSeconds: number;
  readonly isSecure: boolean;
};

/**
 * `Set-Cookie` for this host alone, out of reach of scripts. Lax: a link to a page from outside arrives signed in, a request that
 * another site makes does not carry it.
 */
export function writeCookie(name: string, value: string, { maxAgeSeconds, isSecure }: CookieOptions): string {
  return [
    `${name}=${value}`,
    "Path=/",
    `Max-Age=${maxAgeSeconds}`,
    "HttpOnly",
    "SameSite=Lax",
    ...(isSecure ? ["Secure"] : []),
  ].join("; ");
}
