import type { AuthSettings } from "../auth-settings.ts";
import { AppError } from "../errors.ts";
import { isInNetworks } from "./networks.ts";
import { peerOf } from "./peer.ts";

const USABLE_NAME = /^[^\p{Cc}\p{Cf}:,]{1,120}$/u;
const MAX_GROUPS = 500;

/**
 * Name and groups of a header that a listed proxy sent. From any other address the header is an attempt to be somebody else, or a
 * proxy that was forgotten in the list; both are refused rather than ignored.
 * Errors: `forbidden`.
 */
export function proxiedPerson(
  headers: Headers,
  settings: AuthSettings | null,
): { readonly name: string; readonly groups: readonly string[] } | null {
  const proxy = settings?.proxy ?? null;
  if (proxy === null) return null;
  const name = headers.get(proxy.userHeader);
  const groups = headers.get(proxy.groupsHeader);
  if (name === null && groups === null) return null;
  if (!isInNetworks(peerOf(headers), proxy.from)) {
    throw new AppError("forbidden", `${proxy.userHeader} is taken from listed proxies only.`, { header: "proxy" });
  }
  if (name === null) return null;
  // Two headers of one name arrive joined by a comma: one of them is not the proxy's.
  if (!USABLE_NAME.test(name)) throw new AppError("forbidden", `${proxy.userHeader} does not hold one name.`);
  return { name: name.trim(), groups: splitGroups(groups ?? "") };
}

function splitGroups(text: string): string[] {
  return text
    .split(",")
    .map((group) => group.trim())
    .filter((group) => group !== "")
    .slice(0, MAX_GROUPS);
}
