import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { type Cost, type CostQuery, Cost as CostSchema } from "#server/contract/cost.ts";
import { getJson } from "./api-client.ts";

export const costKeys = {
  all: ["cost"] as const,
  view: (query: CostQuery) => [...costKeys.all, "view", query] as const,
};

/** Everything the cost page shows of one period. */
export const costOptions = (query: CostQuery) =>
  queryOptions<Cost>({
    queryKey: costKeys.view(query),
    queryFn: ({ signal }) => getJson("/api/v1/cost", { schema: CostSchema, query, signal }),
    placeholderData: keepPreviousData,
  });
export const useCost = (query: CostQuery) => useQuery(costOptions(query));
