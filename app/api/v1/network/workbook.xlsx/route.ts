import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getNetworkWorkbook } from "#server/query/get-network-export.ts";

export const GET = defineRoute({
  ...api.getNetworkWorkbook,
  handle: ({ viewer, query }) => getNetworkWorkbook(viewer, query),
});
