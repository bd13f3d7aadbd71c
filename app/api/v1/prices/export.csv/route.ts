import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getPriceCsv } from "#server/query/list-prices.ts";

export const GET = defineRoute({ ...api.getPriceCsv, handle: ({ viewer }) => getPriceCsv(viewer) });
