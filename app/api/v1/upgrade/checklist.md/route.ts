import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getUpgradeChecklist } from "#server/query/get-upgrade.ts";

export const GET = defineRoute({
  ...api.getUpgradeMarkdown,
  handle: ({ viewer, query }) => getUpgradeChecklist(viewer, "markdown", query),
});
