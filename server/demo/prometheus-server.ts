import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

export type PrometheusFront = {
  /** The engine's own handler. */
  readonly engine: RequestListener;
  readonly token: string | null;
  /** From this moment on the newest data cannot be reached. */
  readonly downSince: number | null;
  readonly nowSeconds: () => number;
};

/**
 * What stands before the demo's Prometheus: a token check, and on one cluster a gateway whose live store died. Such a
 * gateway still answers for the past out of long-term storage and says 503 to everything that touches the present.
 */
export function prometheusFront(front: PrometheusFront): RequestListener {
  return (request, response) => {
    if (front.token !== null && !isToken(request.headers.authorization, front.token)) {
      refuse(request, response, 401, "Unauthorized\n");
      return;
    }
    if (front.downSince === null) {
      front.engine(request, response);
      return;
    }
    const { downSince } = front;
    withParametersInUrl(request).then(
      () => {
        if (touchesThePresent(request, downSince, front.nowSeconds())) {
          refuse(request, response, 503, "Service Unavailable: no healthy upstream\n");
        } else {
          front.engine(request, response);
        }
      },
      () => refuse(request, response, 400, "Bad Request\n"),
    );
  };
}

const FORM_LIMIT_BYTES = 256 * 1024;

/** Turns a form into a query string: the body can be read once only, and the gateway has to look into it. */
async function withParametersInUrl(request: IncomingMessage): Promise<void> {
  if (request.method !== "POST") return;
  let form = "";
  for await (const chunk of request) {
    form += String(chunk);
    if (form.length > FORM_LIMIT_BYTES) throw new Error("the form is too long");
  }
  const url = new URL(request.url ?? "/", "http://demo");
  for (const [name, value] of new URLSearchParams(form)) url.searchParams.append(name, value);
  request.method = "GET";
  request.url = `${url.pathname}${url.search}`;
}

function isToken(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.byteLength === wanted.byteLength && timingSafeEqual(given, wanted);
}

/** Only what ends before the failure is served. */
function touchesThePresent(request: IncomingMessage, downSince: number, now: number): boolean {
  const url = new URL(request.url ?? "/", "http://demo");
  const asked = url.searchParams.get("end") ?? url.searchParams.get("time");
  if (asked === null) return true;
  const seconds = Number.isNaN(Number(asked)) ? Date.parse(asked) / 1000 : Number(asked);
  return !(Number.isFinite(seconds) && seconds <= Math.min(downSince, now));
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
  request.resume();
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
