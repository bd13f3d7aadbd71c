import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getCost } from "#server/query/get-cost.ts";

export const GET = defineRoute({ ...api.getCost, handle: ({ viewer, query }) => getCost(viewer, query) });
