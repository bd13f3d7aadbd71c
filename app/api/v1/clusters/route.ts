import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listClusters } from "#server/query/list-clusters.ts";

export const GET = defineRoute({ ...api.listClusters, handle: ({ viewer, query }) => listClusters(viewer, query) });
