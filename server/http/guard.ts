import { AppError } from "../errors.ts";

/** Names under which a machine reaches itself. Any port: a forwarded port is still the reader's own machine. */
const LOOPBACK_NAMES = new Set(["localhost", "[::1]"]);
/** The whole block is loopback, and `--host` may name any of it. An address in a Host cannot be a rebound name. */
const LOOPBACK_ADDRESS = /^127(?:\.\d{1,3}){3}$/;
const CHANGES_NOTHING = new Set(["GET", "HEAD", "OPTIONS"]);

/** Names under which this server may be addressed, `name` (any port) or `name:port`, from SLUICE_ALLOWED_HOSTS. */
export function allowedHosts(environment: Readonly<Record<string, string | undefined>>): ReadonlySet<string> {
  const named = (environment.SLUICE_ALLOWED_HOSTS ?? "").split(",").map((name) => name.trim().toLowerCase());
  return new Set([...LOOPBACK_NAMES, ...named.filter((name) => name !== "")]);
}

/**
 * Refuses what a foreign page can make a reader's browser send: a Host that is not ours (DNS rebinding) and, for changes,
 * an Origin or fetch site other than our own. A request without Origin comes from no browser page and passes: every
 * browser sends one with a change. A bearer token is nothing that a browser sends by itself; it passes too.
 * Errors: `forbidden`.
 */
export function refuseForeign(method: string, headers: Headers, hosts: ReadonlySet<string>): void {
  const host = headers.get("host")?.toLowerCase() ?? "";
  if (!isAllowedHost(host, hosts)) {
    throw new AppError("forbidden", "This server is not addressed by that Host name.", { header: "host" });
  }
  if (CHANGES_NOTHING.has(method)) return;
  // No page can make a browser add this header without asking first, and we never answer such a question with yes. The token then
  // counts alone (command/resolve-viewer.ts): a cookie beside it gives nothing.
  if (/^bearer /i.test(headers.get("authorization") ?? "")) return;
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") {
    throw new AppError("forbidden", "Changes are taken from Sluice's own pages only.", { header: "sec-fetch-site" });
  }
  const origin = headers.get("origin");
  if (origin !== null && hostOf(origin) !== host) {
    throw new AppError("forbidden", "Changes are taken from Sluice's own pages only.", { header: "origin" });
  }
}

function isAllowedHost(host: string, hosts: ReadonlySet<string>): boolean {
  if (host === "" || /[\s/\\@?#,]/.test(host)) return false;
  const name = withoutPort(host);
  return hosts.has(host) || hosts.has(name) || LOOPBACK_ADDRESS.test(name);
}

function withoutPort(host: string): string {
  return host.replace(/:\d{1,5}$/, "");
}

/** Host with port of an Origin as a browser writes it; `null` for `null`, other schemes and anything odd. */
function hostOf(origin: string): string | null {
  const match = /^https?:\/\/([^/\s@?#]+)$/.exec(origin.toLowerCase());
  return match?.[1] ?? null;
}
