import { queryOptions, useQuery } from "@tanstack/react-query";
import {
  type FeatureDetail,
  type FeatureDetailQuery,
  FeatureDetail as FeatureDetailSchema,
  type FeatureList,
  FeatureList as FeatureListSchema,
  type FeatureManifest,
  FeatureManifest as FeatureManifestSchema,
  type FeatureQuery,
} from "#server/contract/features.ts";
import { getJson } from "./api-client.ts";

export const featureKeys = {
  all: ["features"] as const,
  lists: () => [...featureKeys.all, "list"] as const,
  list: (query: FeatureQuery) => [...featureKeys.lists(), query] as const,
  detail: (feature: string, query: FeatureDetailQuery) => [...featureKeys.all, "detail", feature, query] as const,
  manifest: (feature: string, cluster: string) => [...featureKeys.all, "manifest", feature, cluster] as const,
};

/** Features × clusters: verdict, stages, adoption and trend per cell. */
export const featureListOptions = (query: FeatureQuery) =>
  queryOptions<FeatureList>({
    queryKey: featureKeys.list(query),
    queryFn: ({ signal }) => getJson("/api/v1/features", { schema: FeatureListSchema, query, signal }),
  });
export const useFeatureList = (query: FeatureQuery) => useQuery(featureListOptions(query));

/** One feature with evidence, blockers, objects, adoption by team. */
export const featureDetailOptions = (feature: string, query: FeatureDetailQuery) =>
  queryOptions<FeatureDetail>({
    queryKey: featureKeys.detail(feature, query),
    queryFn: ({ signal }) =>
      getJson(`/api/v1/features/${encodeURIComponent(feature)}`, { schema: FeatureDetailSchema, query, signal }),
  });
export const useFeatureDetail = (feature: string, query: FeatureDetailQuery) =>
  useQuery(featureDetailOptions(feature, query));

/** The next step as documents, or why there is none. */
export const featureManifestOptions = (feature: string, cluster: string) =>
  queryOptions<FeatureManifest>({
    queryKey: featureKeys.manifest(feature, cluster),
    queryFn: ({ signal }) =>
      getJson(`/api/v1/features/${encodeURIComponent(feature)}/manifest.json`, {
        schema: FeatureManifestSchema,
        query: { cluster },
        signal,
      }),
  });
export const useFeatureManifest = (feature: string, cluster: string) =>
  useQuery(featureManifestOptions(feature, cluster));
