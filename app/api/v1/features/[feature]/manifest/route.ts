import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getFeatureManifest, toManifestYaml } from "#server/query/get-feature-manifest.ts";

export const GET = defineRoute({
  ...api.getFeatureManifest,
  handle: async ({ viewer, params, query }) => toManifestYaml(await getFeatureManifest(viewer, params.feature, query)),
});
