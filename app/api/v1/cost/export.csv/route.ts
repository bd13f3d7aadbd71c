import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getCostCsv } from "#server/query/get-cost-export.ts";

export const GET = defineRoute({ ...api.getCostCsv, handle: ({ viewer, query }) => getCostCsv(viewer, query) });
