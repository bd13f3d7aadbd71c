import { randomUUID } from "node:crypto";

const USABLE = /^[A-Za-z0-9._-]{8,64}$/;

/** The caller's own id where it is harmless in a log line, else a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get("x-request-id");
  return given !== null && USABLE.test(given) ? given : randomUUID();
}
