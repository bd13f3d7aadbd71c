import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getGpuWorkbook } from "#server/query/get-gpu-workbook.ts";

export const GET = defineRoute({
  ...api.getGpuWorkbook,
  handle: ({ viewer, query }) => getGpuWorkbook(viewer, query),
});
