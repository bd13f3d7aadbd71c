import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listPolls } from "#server/query/list-polls.ts";

export const GET = defineRoute({ ...api.listPolls, handle: ({ viewer, query }) => listPolls(viewer, query) });
