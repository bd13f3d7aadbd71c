import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getUpgrade } from "#server/query/get-upgrade.ts";

export const GET = defineRoute({ ...api.getUpgrade, handle: ({ viewer, query }) => getUpgrade(viewer, query) });
