import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getNetwork } from "#server/query/get-network.ts";

export const GET = defineRoute({ ...api.getNetwork, handle: ({ viewer, query }) => getNetwork(viewer, query) });
