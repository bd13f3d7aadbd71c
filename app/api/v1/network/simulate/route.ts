import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getNetworkSimulation } from "#server/query/get-network-simulation.ts";

export const GET = defineRoute({
  ...api.simulateNetwork,
  handle: ({ viewer, query }) => getNetworkSimulation(viewer, query),
});
