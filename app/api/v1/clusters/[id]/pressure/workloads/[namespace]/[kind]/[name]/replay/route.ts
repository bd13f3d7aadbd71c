import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getPressureReplay } from "#server/query/get-pressure-replay.ts";

export const GET = defineRoute({
  ...api.getPressureReplay,
  handle: ({ viewer, params, query }) => getPressureReplay(viewer, params, query),
});
