import { replacePrice, withdrawPrice } from "#server/command/edit-prices.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";

export const PUT = defineRoute({
  ...api.replacePrice,
  handle: ({ viewer, params, body, requestId }) => replacePrice(viewer, params.id, body, { requestId }),
});

export const DELETE = defineRoute({
  ...api.withdrawPrice,
  handle: ({ viewer, params, requestId }) => withdrawPrice(viewer, params.id, { requestId }),
});
