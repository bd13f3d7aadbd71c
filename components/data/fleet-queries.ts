import { queryOptions, useQuery } from "@tanstack/react-query";
import { type ClusterList, ClusterList as ClusterListSchema } from "#server/contract/clusters.ts";
import { type TeamList, TeamList as TeamListSchema } from "#server/contract/teams.ts";
import { getJson } from "./api-client.ts";

/** More than any installation has: the pickers hold the whole list. */
export const FLEET_LIMIT = 1000;
/** The freshness in the top bar follows the reads without a click. */
const REFRESH_MILLISECONDS = 60_000;

export const fleetKeys = {
  all: ["fleet"] as const,
  clusters: () => [...fleetKeys.all, "clusters"] as const,
  teams: () => [...fleetKeys.all, "teams"] as const,
};

/** Every cluster the reader may see, with versions, counts, freshness and coverage. */
export const clusterListOptions = () =>
  queryOptions<ClusterList>({
    queryKey: fleetKeys.clusters(),
    queryFn: ({ signal }) =>
      getJson("/api/v1/clusters", { schema: ClusterListSchema, query: { limit: FLEET_LIMIT }, signal }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
export const useClusterList = () => useQuery(clusterListOptions());

/** Every team with what it holds; unowned (`team: null`) last. */
export const teamListOptions = () =>
  queryOptions<TeamList>({
    queryKey: fleetKeys.teams(),
    queryFn: ({ signal }) =>
      getJson("/api/v1/teams", { schema: TeamListSchema, query: { limit: FLEET_LIMIT }, signal }),
  });
export const useTeamList = () => useQuery(teamListOptions());
