import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getReadiness } from "#server/query/get-readiness.ts";

export const GET = defineRoute({
  ...api.getReadiness,
  handle: ({ viewer }) => getReadiness(viewer),
  statusOf: ({ status }) => (status === "ready" ? 200 : 503),
  timeoutSeconds: 15,
});
