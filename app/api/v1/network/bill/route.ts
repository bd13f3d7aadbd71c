import { importBill } from "#server/command/import-bill.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";

export const POST = defineRoute({
  ...api.importNetworkBill,
  handle: ({ viewer, body, requestId }) => importBill(viewer, body, { requestId }),
});
