import { sessionCookieName } from "#server/command/resolve-viewer.ts";
import { signInLocally } from "#server/command/sign-in.ts";
import { loginPath, sessionCookie } from "#server/command/sign-in-answers.ts";
import { safeNext } from "#server/contract/auth.ts";
import { defineFormRoute } from "#server/http/form-route.ts";

export const POST = defineFormRoute({
  id: "signInLocally",
  async handle({ settings, fields, requestId, address, cookie }) {
    const session = await signInLocally(
      settings,
      { name: fields.get("name") ?? "", password: fields.get("password") ?? "" },
      { requestId, address, oldSessionId: cookie(sessionCookieName(settings)) },
    );
    return { to: safeNext(fields.get("next")), cookies: [sessionCookie(settings, session)] };
  },
  failed: (error, { fields }) => ({ to: loginPath(error, fields.get("next")) }),
});
