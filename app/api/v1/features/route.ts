import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { listFeatures } from "#server/query/list-features.ts";

export const GET = defineRoute({ ...api.listFeatures, handle: ({ viewer, query }) => listFeatures(viewer, query) });
