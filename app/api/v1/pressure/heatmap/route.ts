import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getPressureHeatmap } from "#server/query/get-pressure-heatmap.ts";

export const GET = defineRoute({
  ...api.getPressureHeatmap,
  handle: ({ viewer, query }) => getPressureHeatmap(viewer, query),
});
