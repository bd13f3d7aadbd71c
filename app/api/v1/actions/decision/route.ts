import { decideAction } from "#server/command/decide-action.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";

export const PUT = defineRoute({
  ...api.decideAction,
  handle: ({ viewer, query, body, requestId }) => decideAction(viewer, query.id, body, { requestId }),
});
