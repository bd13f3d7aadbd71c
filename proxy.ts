import { type NextRequest, NextResponse } from "next/server";
import { authSettings } from "#server/auth-settings.ts";
import { safeNext } from "#server/contract/auth.ts";
import { AppError } from "#server/errors.ts";
import { allowedHosts, refuseForeign } from "#server/http/guard.ts";
import { PAGE_HEADER } from "#server/http/page-header.ts";
import { problemResponse, toProblem } from "#server/http/problem.ts";
import { proxiedPerson } from "#server/http/proxied-person.ts";
import { refuseMethod } from "#server/http/refuse-method.ts";
import { requestIdOf } from "#server/http/request-id.ts";
import { commonHeaders, contentSecurityPolicy } from "#server/http/security-headers.ts";

/**
 * Before every request: own Host and, for changes, own Origin, no header of a foreign proxy; then a fresh nonce for pages. Next finds the nonce in the
 * request's policy and puts it on its own scripts. Routes check Host and Origin again, so that no matcher can open them.
 */
export function proxy(request: NextRequest): Response {
  const requestId = requestIdOf(request.headers);
  try {
    refuseForeign(request.method, request.headers, allowedHosts(process.env));
    proxiedPerson(request.headers, authSettings());
    refuseMethod(request.method, request.nextUrl.pathname);
  } catch (error) {
    const allow = error instanceof AppError ? error.context.allow : undefined;
    const own = { ...commonHeaders(), "x-request-id": requestId, ...(allow === undefined ? {} : { allow }) };
    return problemResponse(toProblem(error, requestId), own);
  }
  const { pathname } = request.nextUrl;
  const headers = new Headers(request.headers);
  headers.set("x-request-id", requestId);
  headers.delete(PAGE_HEADER);
  if (pathname.startsWith("/api/") || pathname.startsWith("/_next/")) {
    return withCommonHeaders(NextResponse.next({ request: { headers } }));
  }
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString("base64");
  const policy = contentSecurityPolicy({ nonce, isDevelopment: process.env.NODE_ENV === "development" });
  headers.set("x-nonce", nonce);
  headers.set(PAGE_HEADER, safeNext(`${pathname}${request.nextUrl.search}`));
  headers.set("content-security-policy", policy);
  const response = withCommonHeaders(NextResponse.next({ request: { headers } }));
  response.headers.set("content-security-policy", policy);
  response.headers.set("x-request-id", requestId);
  return response;
}

function withCommonHeaders(response: NextResponse): NextResponse {
  for (const [name, value] of Object.entries(commonHeaders())) response.headers.set(name, value);
  return response;
}
