import { retryAlertDelivery } from "#server/command/send-alerts.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";

export const POST = defineRoute({
  ...api.retryAlertDelivery,
  handle: ({ viewer, params, requestId }) => retryAlertDelivery(viewer, params.id, { requestId }),
});
