import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getNetworkCsv } from "#server/query/get-network-export.ts";

export const GET = defineRoute({ ...api.getNetworkCsv, handle: ({ viewer, query }) => getNetworkCsv(viewer, query) });
