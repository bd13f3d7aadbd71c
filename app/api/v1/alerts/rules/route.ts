import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listAlertRules } from "#server/query/list-alert-rules.ts";

export const GET = defineRoute({ ...api.listAlertRules, handle: ({ viewer }) => listAlertRules(viewer) });
