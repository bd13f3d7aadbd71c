import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getGpuMigration } from "#server/query/get-gpu-migration.ts";

export const GET = defineRoute({
  ...api.getGpuMigration,
  handle: ({ viewer, query }) => getGpuMigration(viewer, query),
});
