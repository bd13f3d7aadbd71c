import { pollNow } from "#server/command/poll-now.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";

export const POST = defineRoute({
  ...api.pollNow,
  handle: ({ viewer, params, query, body, requestId, signal }) =>
    pollNow(viewer, { cluster: params.id, query, body, signal }, { requestId }),
  statusOf: ({ isFinished }) => (isFinished ? 200 : 202),
  timeoutSeconds: 120, // longer than the longest wait that the contract allows
});
