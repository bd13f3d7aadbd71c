import { queryOptions, useQuery } from "@tanstack/react-query";
import { type OverviewQuery, Overview as OverviewSchema } from "#server/contract/overview.ts";
import { getJson } from "./api-client.ts";

/** Follows the metrics cadence, so that "what hurts" means now. */
const REFRESH_MILLISECONDS = 60_000;

export const overviewKeys = {
  all: ["overview"] as const,
  answer: (query: OverviewQuery) => [...overviewKeys.all, query] as const,
};

/** What it costs, what hurts, what is ready, what we cannot see. */
export const overviewOptions = (query: OverviewQuery) =>
  queryOptions({
    queryKey: overviewKeys.answer(query),
    queryFn: ({ signal }) => getJson("/api/v1/overview", { schema: OverviewSchema, query, signal }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
export const useOverview = (query: OverviewQuery) => useQuery(overviewOptions(query));
