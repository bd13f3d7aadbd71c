import { createPasswordLink } from "#server/command/edit-users.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";

export const POST = defineRoute({
  ...api.createPasswordLink,
  handle: ({ viewer, params, requestId }) => createPasswordLink(viewer, params.id, { requestId }),
});
