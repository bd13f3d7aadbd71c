import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listPressure } from "#server/query/list-pressure.ts";

export const GET = defineRoute({ ...api.listPressure, handle: ({ viewer, query }) => listPressure(viewer, query) });
