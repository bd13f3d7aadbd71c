import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getPressureSwap } from "#server/query/get-pressure-swap.ts";

export const GET = defineRoute({
  ...api.getPressureSwap,
  handle: ({ viewer, query }) => getPressureSwap(viewer, query),
});
