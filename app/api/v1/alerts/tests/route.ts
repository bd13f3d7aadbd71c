import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listAlertTests } from "#server/query/list-alerts.ts";

export const GET = defineRoute({ ...api.listAlertTests, handle: ({ viewer, query }) => listAlertTests(viewer, query) });
