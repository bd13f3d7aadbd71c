import { importPrices } from "#server/command/edit-prices.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";

export const POST = defineRoute({
  ...api.importPrices,
  handle: ({ viewer, body, requestId }) => importPrices(viewer, body, { requestId }),
});
