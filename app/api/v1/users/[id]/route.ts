import { changeUser } from "#server/command/edit-users.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";

export const PATCH = defineRoute({
  ...api.changeUser,
  handle: ({ viewer, params, body, requestId }) => changeUser(viewer, params.id, body, { requestId }),
});
