import { sessionCookieName } from "#server/command/resolve-viewer.ts";
import { choosePassword } from "#server/command/sign-in.ts";
import { loginPath, sessionCookie } from "#server/command/sign-in-answers.ts";
import { AppError } from "#server/errors.ts";
import { defineFormRoute } from "#server/http/form-route.ts";

export const POST = defineFormRoute({
  id: "choosePassword",
  async handle({ settings, fields, requestId, address, cookie }) {
    const password = fields.get("password") ?? "";
    if (password !== fields.get("again")) {
      throw new AppError("invalid-input", "The two passwords differ.", { problem: "differ" });
    }
    const session = await choosePassword(
      settings,
      { link: fields.get("token") ?? "", password },
      { requestId, address, oldSessionId: cookie(sessionCookieName(settings)) },
    );
    return { to: "/", cookies: [sessionCookie(settings, session)] };
  },
  failed(error, { fields }) {
    if (error.code !== "invalid-input" && error.code !== "not-found") return { to: loginPath(error, null) };
    const search = new URLSearchParams({ token: fields.get("token") ?? "", error: error.context.problem ?? "gone" });
    return { to: `/login/link?${search}` };
  },
});
