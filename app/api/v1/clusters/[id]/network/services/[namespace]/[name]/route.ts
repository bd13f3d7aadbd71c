import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getNetworkService } from "#server/query/get-network-service.ts";

export const GET = defineRoute({
  ...api.getNetworkService,
  handle: ({ viewer, params, query }) =>
    getNetworkService(viewer, { cluster: params.id, namespace: params.namespace, name: params.name }, query),
});
