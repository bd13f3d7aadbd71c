import { revokeToken } from "#server/command/edit-tokens.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";

export const DELETE = defineRoute({
  ...api.revokeToken,
  handle: ({ viewer, params, requestId }) => revokeToken(viewer, params.id, { requestId }),
});
