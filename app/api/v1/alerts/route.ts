import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listAlerts } from "#server/query/list-alerts.ts";

export const GET = defineRoute({ ...api.listAlerts, handle: ({ viewer, query }) => listAlerts(viewer, query) });
