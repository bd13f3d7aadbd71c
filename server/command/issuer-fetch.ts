import { readFileSync } from "node:fs";
import type { CustomFetchOptions } from "openid-client";
import { Agent, fetch } from "undici";
import type { OidcSettings } from "../auth-settings.ts";
import { AppError } from "../errors.ts";
import { createOutboundGuard, guardedConnector } from "../outbound-guard.ts";

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1_048_576; // keys of a large issuer take some 20 kB

/**
 * The back channel: to the issuer's origin and those that the configuration lists, nowhere else; no redirects, bounded in time and
 * size. This is the only connection that the web role opens to the outside.
 */
export function issuerFetch(
  settings: OidcSettings,
  guard = createOutboundGuard({ allowedCIDRs: settings.outboundCIDRs }),
): (url: string, options: CustomFetchOptions) => Promise<Response> {
  const origins = new Set([new URL(settings.issuer).origin, ...settings.origins]);
  const ca = settings.caFile === null ? undefined : readFileSync(settings.caFile, "utf8");
  const connect = guardedConnector(guard, { ...(ca === undefined ? {} : { ca }), timeout: TIMEOUT_MS });
  const dispatcher = new Agent({ connect });
  return async (url, options) => {
    const { origin } = new URL(url);
    if (!origins.has(origin)) {
      throw new AppError("source-unavailable", `The issuer names ${origin}, which auth.oidc.origins does not list.`);
    }
    const response = await fetch(url, {
      method: options.method,
      headers: options.headers,
      ...(options.body === undefined ? {} : { body: options.body as string | URLSearchParams }),
      redirect: "error",
      dispatcher,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = await readBounded(response.body);
    const hasBody = response.status !== 204 && response.status !== 304;
    return new Response(hasBody ? body : null, {
      status: response.status,
      statusText: response.statusText,
      headers: [...response.headers],
    });
  };
}

async function readBounded(body: AsyncIterable<Uint8Array> | null): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new AppError("source-unavailable", "The issuer's answer is above its bound.");
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
