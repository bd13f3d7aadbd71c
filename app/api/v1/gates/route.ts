import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listGates } from "#server/query/list-gates.ts";

export const GET = defineRoute({ ...api.listGates, handle: ({ viewer, query }) => listGates(viewer, query) });
