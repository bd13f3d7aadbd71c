import { testAlertWebhook } from "#server/command/send-alerts.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";

export const POST = defineRoute({
  ...api.testAlertWebhook,
  handle: ({ viewer, params, requestId }) => testAlertWebhook(viewer, params.webhook, { requestId }),
});
