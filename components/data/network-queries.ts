import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  BillImport,
  type Network,
  type NetworkQuery,
  Network as NetworkSchema,
  type NetworkService,
  type NetworkServiceQuery,
  NetworkService as NetworkServiceSchema,
  type NetworkSimulation,
  NetworkSimulation as NetworkSimulationSchema,
  type SimulateQuery,
} from "#server/contract/network.ts";
import { getJson, sendJson, toApiUrl } from "./api-client.ts";

export type ServicePlace = { readonly cluster: string; readonly namespace: string; readonly name: string };
export const networkKeys = {
  all: ["network"] as const,
  overview: (query: NetworkQuery) => [...networkKeys.all, "overview", query] as const,
  service: (place: ServicePlace, query: NetworkServiceQuery) => [...networkKeys.all, "service", place, query] as const,
  simulation: (query: SimulateQuery) => [...networkKeys.all, "simulation", query] as const,
};

/** The question of the page, without empty lists, so that server and browser ask under one key. */
export function toNetworkQuery(cluster: readonly string[], team: readonly string[], days: number): NetworkQuery {
  return {
    ...(cluster.length === 0 ? {} : { cluster: [...cluster] }),
    ...(team.length === 0 ? {} : { team: [...team] }),
    days,
  };
}

/** Zones, pairs, teams, days and steps. */
export const networkOptions = (query: NetworkQuery) =>
  queryOptions<Network>({
    queryKey: networkKeys.overview(query),
    queryFn: ({ signal }) => getJson("/api/v1/network", { schema: NetworkSchema, query, signal }),
    placeholderData: keepPreviousData,
  });
export const useNetwork = (query: NetworkQuery) => useQuery(networkOptions(query));

/** One Service and a scenario for it. */
export const networkServiceOptions = (place: ServicePlace, query: NetworkServiceQuery) =>
  queryOptions<NetworkService>({
    queryKey: networkKeys.service(place, query),
    queryFn: ({ signal }) =>
      getJson(
        `/api/v1/clusters/${[place.cluster, "network", "services", place.namespace, place.name].map(encodeURIComponent).join("/")}`,
        { schema: NetworkServiceSchema, query, signal },
      ),
    placeholderData: keepPreviousData,
  });
export const useNetworkService = (place: ServicePlace, query: NetworkServiceQuery) =>
  useQuery(networkServiceOptions(place, query));

/** What a setting would do to every Service of a cluster. */
export const networkSimulationOptions = (query: SimulateQuery) =>
  queryOptions<NetworkSimulation>({
    queryKey: networkKeys.simulation(query),
    queryFn: ({ signal }) => getJson("/api/v1/network/simulate", { schema: NetworkSimulationSchema, query, signal }),
    placeholderData: keepPreviousData,
  });
export const useNetworkSimulation = (query: SimulateQuery) => useQuery(networkSimulationOptions(query));

/** Address of an export, for a download link. */
export function networkExportUrl(
  file: "pairs.csv" | "workbook.xlsx",
  query: NetworkQuery,
  language: "en" | "zh",
): string {
  return toApiUrl(`/api/v1/network/${file}`, { ...query, language });
}

export function useImportBill() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { readonly cluster: string; readonly csv: string }) =>
      sendJson("/api/v1/network/bill", { method: "POST", schema: BillImport, body }),
    onSettled: () => client.invalidateQueries({ queryKey: networkKeys.all }),
  });
}
