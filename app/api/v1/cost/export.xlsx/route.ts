import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getCostWorkbook } from "#server/query/get-cost-export.ts";

export const GET = defineRoute({
  ...api.getCostWorkbook,
  handle: ({ viewer, query }) => getCostWorkbook(viewer, query),
});
