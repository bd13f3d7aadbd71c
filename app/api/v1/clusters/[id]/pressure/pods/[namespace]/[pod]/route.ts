import { requestPodDetail } from "#server/command/request-detail.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getPodPressure } from "#server/query/get-pod-pressure.ts";

export const GET = defineRoute({
  ...api.getPodPressure,
  handle: ({ viewer, params, query }) => getPodPressure(viewer, params, query),
});
export const POST = defineRoute({
  ...api.requestPodDetail,
  handle: ({ viewer, params, query }) => requestPodDetail(viewer, params, query),
});
