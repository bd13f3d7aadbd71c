import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ClusterDetail, ClusterDetail as ClusterDetailSchema } from "#server/contract/clusters.ts";
import {
  type PollList,
  PollList as PollListSchema,
  PollNowAnswer,
  type PollNowBody,
  type PollQuery,
} from "#server/contract/polls.ts";
import { getJson, sendJson } from "./api-client.ts";
import { fleetKeys } from "./fleet-queries.ts";

/** While a read or the backfill runs, its progress is followed; collectors write it once a second. */
const LIVE_MILLISECONDS = 1_500;
const CALM_MILLISECONDS = 30_000;

export const clusterKeys = {
  all: ["clusters"] as const,
  detail: (id: string) => [...clusterKeys.all, "detail", id] as const,
  polls: (query: PollQuery) => [...clusterKeys.all, "polls", query] as const,
};

/** One cluster with nodes by pool and zone, pods by team, and coverage per source. */
export const clusterDetailOptions = (id: string) =>
  queryOptions<ClusterDetail>({
    queryKey: clusterKeys.detail(id),
    queryFn: ({ signal }) =>
      getJson(`/api/v1/clusters/${encodeURIComponent(id)}`, { schema: ClusterDetailSchema, signal }),
    refetchInterval: ({ state }) => (isBusy(state.data) ? LIVE_MILLISECONDS : CALM_MILLISECONDS),
  });
export const useClusterDetail = (id: string) => useQuery(clusterDetailOptions(id));

/** Read records, newest first; asked again quickly while one of them runs. */
export const pollListOptions = (query: PollQuery) =>
  queryOptions<PollList>({
    queryKey: clusterKeys.polls(query),
    queryFn: ({ signal }) => getJson("/api/v1/polls", { schema: PollListSchema, query, signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some((read) => read.status === "running") ? LIVE_MILLISECONDS : CALM_MILLISECONDS,
  });
export const usePollList = (query: PollQuery) => useQuery(pollListOptions(query));

/** Asks for reads of one cluster and returns at once; the pages follow the records. */
export function usePollNow(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: PollNowBody) =>
      sendJson(`/api/v1/clusters/${encodeURIComponent(id)}/poll`, { method: "POST", schema: PollNowAnswer, body }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: clusterKeys.all }),
        client.invalidateQueries({ queryKey: fleetKeys.clusters() }),
      ]),
  });
}

function isBusy(cluster: ClusterDetail | undefined): boolean {
  if (cluster === undefined) return false;
  return cluster.backfill.state === "running" || cluster.reads.some((read) => read.lastStatus === "running");
}
