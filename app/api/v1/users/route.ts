import { createUser } from "#server/command/edit-users.ts";
import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listUsers } from "#server/query/list-users.ts";

export const GET = defineRoute({ ...api.listUsers, handle: ({ viewer }) => listUsers(viewer) });
export const POST = defineRoute({
  ...api.createUser,
  handle: ({ viewer, body, requestId }) => createUser(viewer, body, { requestId }),
});
