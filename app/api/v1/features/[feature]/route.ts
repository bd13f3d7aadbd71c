import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getFeature } from "#server/query/get-feature.ts";

export const GET = defineRoute({
  ...api.getFeature,
  handle: ({ viewer, params, query }) => getFeature(viewer, params.feature, query),
});
