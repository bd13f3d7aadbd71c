import { api } from "#server/contract/api.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { getFeatureManifest } from "#server/query/get-feature-manifest.ts";

export const GET = defineRoute({
  ...api.getFeatureManifestDocuments,
  handle: ({ viewer, params, query }) => getFeatureManifest(viewer, params.feature, query),
});
