import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listPriceEvents } from "#server/query/list-prices.ts";

export const GET = defineRoute({
  ...api.listPriceEvents,
  handle: ({ viewer, query }) => listPriceEvents(viewer, query),
});
