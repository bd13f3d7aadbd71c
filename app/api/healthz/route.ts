import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { VERSION } from "#server/query/installation.ts";

export const GET = defineRoute({ ...api.getHealth, handle: () => ({ status: "ok" as const, version: VERSION }) });
