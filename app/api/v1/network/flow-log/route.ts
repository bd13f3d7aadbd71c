import { importFlowLog } from "#server/command/import-flow-log.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";

export const POST = defineRoute({
  ...api.importFlowLog,
  handle: ({ viewer, body, requestId }) => importFlowLog(viewer, body, { requestId }),
});
