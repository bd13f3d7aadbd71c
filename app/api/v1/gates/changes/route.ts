import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listGateChanges } from "#server/query/list-gates.ts";

export const GET = defineRoute({
  ...api.listGateChanges,
  handle: ({ viewer, query }) => listGateChanges(viewer, query),
});
