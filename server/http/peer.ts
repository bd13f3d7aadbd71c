import { randomBytes } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

/**
 * Where a request comes from, as the socket says. Next hands routes headers only, and a header can be made up by anybody; so the
 * address is written into one as soon as Node has read the request, beside a random word that only this process knows.
 */
export const PEER_HEADER = "x-sluice-peer";

// On globalThis, because Next loads this module once per bundle.
const shared = globalThis as typeof globalThis & { sluicePeerMark?: string };

function mark(): string {
  shared.sluicePeerMark ??= randomBytes(18).toString("base64url");
  return shared.sluicePeerMark;
}

/** Once per process, before the first request (`instrumentation.ts`). */
export function notePeers(): void {
  const word = mark();
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { readonly request: IncomingMessage };
    request.headers[PEER_HEADER] = markPeer(request.socket.remoteAddress ?? "", word);
  });
}

/** What stands in the header for an address. */
export function markPeer(address: string, word = mark()): string {
  return `${word} ${address}`;
}

/** Address of the other end of the connection; `null` when nobody noted it. */
export function peerOf(headers: Headers): string | null {
  const [word, address = ""] = (headers.get(PEER_HEADER) ?? "").split(" ");
  if (word !== mark() || address === "") return null;
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
