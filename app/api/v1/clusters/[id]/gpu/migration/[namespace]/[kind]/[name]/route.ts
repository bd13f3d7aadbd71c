import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getGpuMigrationPlan } from "#server/query/get-gpu-migration.ts";

export const GET = defineRoute({
  ...api.getGpuMigrationPlan,
  handle: ({ viewer, params }) => getGpuMigrationPlan(viewer, params),
});
