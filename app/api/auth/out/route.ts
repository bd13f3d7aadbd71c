import { sessionCookieName } from "#server/command/resolve-viewer.ts";
import { signOut } from "#server/command/sign-in.ts";
import { loginPath, noCookie } from "#server/command/sign-in-answers.ts";
import { defineFormRoute } from "#server/http/form-route.ts";

export const POST = defineFormRoute({
  id: "signOut",
  async handle({ settings, requestId, address, cookie }) {
    const name = sessionCookieName(settings);
    await signOut(settings, { requestId, address, oldSessionId: cookie(name) });
    return { to: "/login?out=1", cookies: [noCookie(name)] };
  },
  failed: (error) => ({ to: loginPath(error, null) }),
});
