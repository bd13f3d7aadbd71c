import { api, OPERATIONS } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { toOpenApi } from "#server/http/openapi.ts";
import { VERSION } from "#server/query/installation.ts";

export const GET = defineRoute({ ...api.getOpenApi, handle: () => toOpenApi(OPERATIONS, VERSION) });
