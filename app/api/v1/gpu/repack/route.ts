import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getGpuRepack } from "#server/query/get-gpu-repack.ts";

export const GET = defineRoute({ ...api.getGpuRepack, handle: ({ viewer, query }) => getGpuRepack(viewer, query) });
