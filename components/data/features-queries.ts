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

export const TREND_DAYS = 30;
const ALL_ROWS = 1000;

/** What the matrix asks for: `named` features with their trend, or every other gate of the catalogue without. */
export function featureMatrixQuery(
  include: FeatureQuery["include"],
  clusters: readonly string[],
  teams: readonly string[],
): FeatureQuery {
  return {
    ...(clusters.length === 0 ? {} : { cluster: [...clusters] }),
    ...(teams.length === 0 ? {} : { team: [...teams] }),
    include,
    trendDays: include === "named" ? TREND_DAYS : 0,
    limit: ALL_ROWS,
  };
}

/** What one feature's page or drawer asks for. */
export function featureDetailQuery(clusters: readonly string[], teams: readonly string[]): FeatureDetailQuery {
  return {
    ...(clusters.length === 0 ? {} : { cluster: [...clusters] }),
    ...(teams.length === 0 ? {} : { team: [...teams] }),
    trendDays: TREND_DAYS,
  };
}

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
