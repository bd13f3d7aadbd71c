import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getOverview } from "#server/query/get-overview.ts";

export const GET = defineRoute({ ...api.getOverview, handle: ({ viewer, query }) => getOverview(viewer, query) });
