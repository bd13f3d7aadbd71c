import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getCluster } from "#server/query/get-cluster.ts";

export const GET = defineRoute({ ...api.getCluster, handle: ({ viewer, params }) => getCluster(viewer, params.id) });
