import { createPrice } from "#server/command/edit-prices.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listPrices } from "#server/query/list-prices.ts";

export const GET = defineRoute({ ...api.listPrices, handle: ({ viewer, query }) => listPrices(viewer, query) });

export const POST = defineRoute({
  ...api.createPrice,
  handle: ({ viewer, body, requestId }) => createPrice(viewer, body, { requestId }),
});
