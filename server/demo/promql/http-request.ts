import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzip } from "node:zlib";
import { PromqlError } from "./promql-error.ts";

const MAX_BODY_BYTES = 10 * 1024 * 1024;
const GZIP_FROM_BYTES = 1024;

/** Parameters of the address and, for POST, of the form body, which comes first as in Go. */
export async function readParameters(request: IncomingMessage, url: URL): Promise<URLSearchParams> {
  if (request.method !== "POST") return url.searchParams;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new PromqlError("bad_data", "error parsing form values: http: POST too large");
    chunks.push(chunk);
  }
  const isForm = (request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
  const form = new URLSearchParams(isForm ? Buffer.concat(chunks).toString("utf8") : "");
  for (const [name, value] of url.searchParams) form.append(name, value);
  return form;
}

/** Sends a body, gzipped when the client accepts that and the body is worth it. */
export function sendBody(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
): void {
  const bytes = Buffer.from(body);
  const headers: Record<string, string> = { "content-type": contentType, vary: "Accept-Encoding" };
  const acceptsGzip = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  if (!acceptsGzip || bytes.length < GZIP_FROM_BYTES) {
    response.writeHead(status, { ...headers, "content-length": String(bytes.length) }).end(bytes);
    return;
  }
  gzip(bytes, (error, packed) => {
    if (response.destroyed) return;
    if (error !== null) response.writeHead(500).end();
    else response.writeHead(status, { ...headers, "content-encoding": "gzip" }).end(packed);
  });
}

export type Authentication =
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "basic"; readonly username: string; readonly password: string };

export function isAuthorized(request: IncomingMessage, wanted: Authentication): boolean {
  const expected =
    wanted.kind === "bearer"
      ? `Bearer ${wanted.token}`
      : `Basic ${Buffer.from(`${wanted.username}:${wanted.password}`).toString("base64")}`;
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(request.headers.authorization ?? ""), digest(expected));
}
