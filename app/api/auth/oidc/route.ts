import { flowCookieName, loginPath } from "#server/command/sign-in-answers.ts";
import { beginOidc, FLOW_SECONDS } from "#server/command/sign-in-oidc.ts";
import { defineFormRoute } from "#server/http/form-route.ts";

export const GET = defineFormRoute({
  id: "beginOidc",
  async handle({ settings, fields }) {
    const { url, flow } = await beginOidc(settings, fields.get("next") ?? "/");
    return { to: url, cookies: [{ name: flowCookieName(settings), value: flow, maxAgeSeconds: FLOW_SECONDS }] };
  },
  failed: (error, { fields }) => ({ to: loginPath(error, fields.get("next")) }),
});
