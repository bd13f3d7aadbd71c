import { deleteBudget } from "#server/command/edit-budgets.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";

export const DELETE = defineRoute({
  ...api.deleteBudget,
  handle: ({ viewer, params, requestId }) => deleteBudget(viewer, params.id, { requestId }),
});
