import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getWorkloadPressure } from "#server/query/get-workload-pressure.ts";

export const GET = defineRoute({
  ...api.getWorkloadPressure,
  handle: ({ viewer, params, query }) => getWorkloadPressure(viewer, params, query),
});
