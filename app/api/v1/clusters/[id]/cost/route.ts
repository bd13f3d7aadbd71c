import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getCost } from "#server/query/get-cost.ts";

export const GET = defineRoute({
  ...api.getClusterCost,
  handle: ({ viewer, params, query }) => getCost(viewer, { ...query, cluster: [params.id] }),
});
