import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getAuditCsv } from "#server/query/list-audit-events.ts";

export const GET = defineRoute({ ...api.getAuditCsv, handle: ({ viewer, query }) => getAuditCsv(viewer, query) });
