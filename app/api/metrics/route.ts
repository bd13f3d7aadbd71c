import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { httpMetrics } from "#server/http/http-counts.ts";
import { toPrometheusText } from "#server/http/prometheus-text.ts";
import { getOwnMetrics } from "#server/query/get-own-metrics.ts";

export const GET = defineRoute({
  ...api.getMetrics,
  handle: async ({ viewer }) => toPrometheusText([...(await getOwnMetrics(viewer)), ...httpMetrics()]),
});
