import { api } from "#server/contract/api.ts";
import { viewerOrNull } from "#server/http/current-viewer.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { toSession } from "#server/query/session.ts";

export const GET = defineRoute({
  ...api.getSession,
  handle: async ({ headers }) => toSession(await viewerOrNull(headers)),
});
