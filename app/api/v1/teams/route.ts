import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listTeams } from "#server/query/list-teams.ts";

export const GET = defineRoute({ ...api.listTeams, handle: ({ viewer, query }) => listTeams(viewer, query) });
