import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listActions } from "#server/query/list-actions.ts";

export const GET = defineRoute({ ...api.listActions, handle: ({ viewer, query }) => listActions(viewer, query) });
