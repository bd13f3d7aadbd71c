import { isIP } from "node:net";
import type { AuthSettings } from "../auth-settings.ts";
import { isInNetworks } from "./networks.ts";
import { peerOf } from "./peer.ts";

/**
 * Where the reader sits, for throttling and the audit log. `X-Forwarded-For` is believed from the right, as long as it was written by
 * a proxy that `auth.trustedProxies` (or `auth.proxy.from`) lists: what stands further left a reader may have made up.
 */
export function clientAddress(headers: Headers, settings: AuthSettings | null): string | null {
  let address = peerOf(headers);
  if (settings === null) return address;
  const trusted = [...settings.trustedProxies, ...(settings.proxy?.from ?? [])];
  const hops = (headers.get("x-forwarded-for") ?? "").split(",").map((hop) => hop.trim());
  for (let hop = hops.pop(); hop !== undefined && isInNetworks(address, trusted); hop = hops.pop()) {
    if (isIP(hop) === 0) break;
    address = hop;
  }
  return address;
}
