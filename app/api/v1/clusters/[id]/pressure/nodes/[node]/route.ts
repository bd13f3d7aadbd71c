import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getNodePressure } from "#server/query/get-node-pressure.ts";

export const GET = defineRoute({
  ...api.getNodePressure,
  handle: ({ viewer, params, query }) => getNodePressure(viewer, params, query),
});
