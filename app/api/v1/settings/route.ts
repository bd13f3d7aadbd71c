import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getSettings } from "#server/query/get-settings.ts";

export const GET = defineRoute({ ...api.getSettings, handle: ({ viewer }) => getSettings(viewer) });
