import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getGpuDevice } from "#server/query/get-gpu-device.ts";

export const GET = defineRoute({
  ...api.getGpuDevice,
  handle: ({ viewer, params, query }) => getGpuDevice(viewer, params.id, params.device, query),
});
