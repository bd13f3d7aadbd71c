import { createToken } from "#server/command/edit-tokens.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listTokens } from "#server/query/list-tokens.ts";

export const GET = defineRoute({ ...api.listTokens, handle: ({ viewer }) => listTokens(viewer) });
export const POST = defineRoute({
  ...api.createToken,
  handle: ({ viewer, body, requestId }) => createToken(viewer, body, { requestId }),
});
