import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getGpu } from "#server/query/get-gpu.ts";

export const GET = defineRoute({ ...api.getGpu, handle: ({ viewer, query }) => getGpu(viewer, query) });
