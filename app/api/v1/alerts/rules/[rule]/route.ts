import { resetAlertRule, saveAlertRule } from "#server/command/edit-alert-rules.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";

export const PUT = defineRoute({
  ...api.saveAlertRule,
  handle: ({ viewer, params, body, requestId }) => saveAlertRule(viewer, params.rule, body, { requestId }),
});

export const DELETE = defineRoute({
  ...api.resetAlertRule,
  handle: ({ viewer, params, requestId }) => resetAlertRule(viewer, params.rule, { requestId }),
});
