import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getPriceYaml } from "#server/query/list-prices.ts";

export const GET = defineRoute({ ...api.getPriceYaml, handle: ({ viewer }) => getPriceYaml(viewer) });
