import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import {
  type UpgradeAnswer,
  UpgradeAnswer as UpgradeAnswerSchema,
  type UpgradeQuery,
} from "#server/contract/upgrade.ts";
import { getJson, toApiUrl } from "./api-client.ts";

export const upgradeKeys = {
  all: ["upgrade"] as const,
  plan: (query: UpgradeQuery) => [...upgradeKeys.all, query] as const,
};

/** What the page asks for; an empty target = each cluster's next minor. */
export function upgradePageQuery(clusters: readonly string[], target: string): UpgradeQuery {
  return {
    ...(clusters.length === 0 ? {} : { cluster: [...clusters] }),
    ...(target === "" ? {} : { target }),
  };
}

/** What stands between each cluster and the target. */
export const upgradeOptions = (query: UpgradeQuery) =>
  queryOptions<UpgradeAnswer>({
    queryKey: upgradeKeys.plan(query),
    queryFn: ({ signal }) => getJson("/api/v1/upgrade", { schema: UpgradeAnswerSchema, query, signal }),
    placeholderData: keepPreviousData,
  });
export const useUpgrade = (query: UpgradeQuery) => useQuery(upgradeOptions(query));

/** Address of the checklist of one cluster, for a download link. */
export function checklistUrl(
  format: "md" | "csv",
  query: { readonly cluster: string; readonly target?: string; readonly language: "en" | "zh" },
): string {
  return toApiUrl(`/api/v1/upgrade/checklist.${format}`, query);
}
