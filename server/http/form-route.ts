import "server-only";
import { type AuthSettings, authSettings, isBehindTls } from "../auth-settings.ts";
import { AppError, messageOf } from "../errors.ts";
import { log } from "../log.ts";
import { clientAddress } from "./client-address.ts";
import { type CookieOptions, readCookie, writeCookie } from "./cookies.ts";
import { allowedHosts, refuseForeign } from "./guard.ts";
import { countAnswer } from "./http-counts.ts";
import { problemResponse, toProblem } from "./problem.ts";
import { RateLimiter } from "./rate-limit.ts";
import { requestIdOf } from "./request-id.ts";
import { commonHeaders, DATA_POLICY } from "./security-headers.ts";

const MAX_FORM_BYTES = 16 * 1024;
/** Of whoever signs in from one address: an office in the morning, not a guesser. Per process; the database counts failures too. */
const signIns = new RateLimiter({ burst: 60, perSecond: 1 });

export type FormInput = {
  readonly settings: AuthSettings;
  readonly fields: URLSearchParams;
  /** `?…` of the address. */
  readonly search: string;
  readonly requestId: string;
  readonly address: string | null;
  readonly cookie: (name: string) => string | null;
};
export type FormAnswer = {
  /** A path of our own, or the issuer's address. */
  readonly to: string;
  readonly cookies?: readonly { readonly name: string; readonly value: string; readonly maxAgeSeconds: number }[];
};

/**
 * A form endpoint beside the JSON API: it works without scripts, so it always answers with the way to a page. Host and Origin are
 * checked as for every change, and how often one address may ask. An expected failure becomes `failed(error)`.
 */
export function defineFormRoute(route: {
  readonly id: string;
  readonly handle: (input: FormInput) => Promise<FormAnswer>;
  readonly failed: (error: AppError, input: Pick<FormInput, "fields">) => FormAnswer;
}): (request: Request) => Promise<Response> {
  return async (request) => {
    const startedAt = performance.now();
    const requestId = requestIdOf(request.headers);
    const response = await answer(route, request, requestId).catch((error: unknown) => {
      const problem = toProblem(error, requestId);
      if (problem.code === "internal") log.error({ requestId, operation: route.id, err: error }, "a request failed");
      return problemResponse(problem);
    });
    response.headers.set("x-request-id", requestId);
    response.headers.set("cache-control", "no-store");
    for (const [name, value] of Object.entries(commonHeaders())) response.headers.set(name, value);
    response.headers.set("content-security-policy", DATA_POLICY);
    countAnswer(route.id, response.status, (performance.now() - startedAt) / 1000);
    return response;
  };
}

async function answer(
  route: Parameters<typeof defineFormRoute>[0],
  request: Request,
  requestId: string,
): Promise<Response> {
  refuseForeign(request.method, request.headers, allowedHosts(process.env));
  const settings = authSettings();
  if (settings === null) return toRedirect({ to: "/" }, false); // nobody signs in here
  const isSecure = isBehindTls(settings);
  const fields = await readForm(request);
  const address = clientAddress(request.headers, settings);
  try {
    signIns.take(address ?? "unknown");
    const { search } = new URL(request.url);
    const cookie = (name: string) => readCookie(request.headers, name);
    return toRedirect(await route.handle({ settings, fields, search, requestId, address, cookie }), isSecure);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    if (error.code === "source-unavailable") {
      log.warn({ requestId, operation: route.id, detail: messageOf(error) }, "a sign-in could not be finished");
    }
    return toRedirect(route.failed(error, { fields }), isSecure);
  }
}

function toRedirect({ to, cookies = [] }: FormAnswer, isSecure: boolean): Response {
  const headers = new Headers({ location: to });
  for (const { name, value, maxAgeSeconds } of cookies) {
    const options: CookieOptions = { maxAgeSeconds, isSecure };
    headers.append("set-cookie", writeCookie(name, value, options));
  }
  return new Response(null, { status: 303, headers });
}

/** Errors: `too-large`, `invalid-input` for anything but a plain form. */
async function readForm(request: Request): Promise<URLSearchParams> {
  if (request.method === "GET") return new URL(request.url).searchParams;
  const mediaType = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/x-www-form-urlencoded") {
    throw new AppError("invalid-input", "This endpoint takes a form.");
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_FORM_BYTES) throw new AppError("too-large", `A form may have ${MAX_FORM_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}
