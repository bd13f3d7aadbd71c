import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getStatus } from "#server/query/get-status.ts";

export const GET = defineRoute({ ...api.getStatus, handle: ({ viewer }) => getStatus(viewer) });
