import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getPressureQueries } from "#server/query/get-pressure-queries.ts";

export const GET = defineRoute({
  ...api.getPressureQueries,
  handle: ({ viewer, query }) => getPressureQueries(viewer, query),
});
