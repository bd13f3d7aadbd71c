import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getGpu } from "#server/query/get-gpu.ts";

export const GET = defineRoute({
  ...api.getClusterGpu,
  handle: ({ viewer, params, query }) => getGpu(viewer, { ...query, cluster: [params.id] }),
});
