import { saveBudget } from "#server/command/edit-budgets.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listBudgets } from "#server/query/list-prices.ts";

export const GET = defineRoute({ ...api.listBudgets, handle: ({ viewer, query }) => listBudgets(viewer, query) });

export const PUT = defineRoute({
  ...api.saveBudget,
  handle: ({ viewer, body, requestId }) => saveBudget(viewer, body, { requestId }),
});
