import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listAuditEvents } from "#server/query/list-audit-events.ts";

export const GET = defineRoute({
  ...api.listAuditEvents,
  handle: ({ viewer, query }) => listAuditEvents(viewer, query),
});
