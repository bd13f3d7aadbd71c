import { sessionCookieName } from "#server/command/resolve-viewer.ts";
import { flowCookieName, loginPath, noCookie, sessionCookie } from "#server/command/sign-in-answers.ts";
import { finishOidc } from "#server/command/sign-in-oidc.ts";
import { AppError } from "#server/errors.ts";
import { defineFormRoute } from "#server/http/form-route.ts";

const REFUSED = { why: "issuer-refused" };

export const GET = defineFormRoute({
  id: "finishOidc",
  async handle({ settings, search, requestId, address, cookie }) {
    const { session, next } = await finishOidc(
      settings,
      { search, flow: cookie(flowCookieName(settings)) },
      { requestId, address, oldSessionId: cookie(sessionCookieName(settings)) },
    );
    return { to: next, cookies: [sessionCookie(settings, session), noCookie(flowCookieName(settings))] };
  },
  failed: (error) => ({
    to: loginPath(error.code === "unauthenticated" ? new AppError(error.code, error.message, REFUSED) : error, null),
  }),
});
