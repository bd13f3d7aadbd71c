import {
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import {
  BillImport,
  FlowLogImport,
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
import type { RangePreset, TimeRange } from "../url/time-range.ts";
import { getJson, sendJson, toApiUrl } from "./api-client.ts";

export type ServicePlace = { readonly cluster: string; readonly namespace: string; readonly name: string };
export const networkKeys = {
  all: ["network"] as const,
  overview: (query: NetworkQuery) => [...networkKeys.all, "overview", query] as const,
  service: (place: ServicePlace, query: NetworkServiceQuery) => [...networkKeys.all, "service", place, query] as const,
  simulation: (query: SimulateQuery) => [...networkKeys.all, "simulation", query] as const,
};

export type NetworkWindow = { readonly days: number; readonly from?: string; readonly to?: string };
const PRESET_DAYS: Readonly<Record<RangePreset, number>> = {
  "1h": 1,
  "6h": 1,
  "24h": 2,
  "7d": 7,
  "30d": 30,
  "90d": 90,
};

/** The range of the shell as whole days: traffic is stored and paid by the day of the billing time zone. */
export function toNetworkWindow(range: TimeRange): NetworkWindow {
  return range.kind === "last"
    ? { days: PRESET_DAYS[range.preset] }
    : { days: PRESET_DAYS["30d"], from: range.from, to: range.to };
}

/** The question of the page, without empty lists, so that server and browser ask under one key. */
export function toNetworkQuery(
  cluster: readonly string[],
  team: readonly string[],
  window: NetworkWindow,
): NetworkQuery {
  return {
    ...(cluster.length === 0 ? {} : { cluster: [...cluster] }),
    ...(team.length === 0 ? {} : { team: [...team] }),
    ...window,
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
/** The same for several clusters; in the order asked. */
export const useNetworkSimulations = (queries: readonly SimulateQuery[]) =>
  useQueries({ queries: queries.map(networkSimulationOptions) });

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

/** A body may have 1 MiB; JSON writes some characters as two. */
const PART_CHARACTERS = 600_000;

/** A text in parts that end with a line, each beginning with the line that names the fields, when there is one. */
export function toLogParts(text: string): string[] {
  const firstEnd = text.indexOf("\n");
  const first = firstEnd < 0 ? text : text.slice(0, firstEnd + 1);
  const header = /interface[-_]id/i.test(first) ? first : "";
  const parts: string[] = [];
  for (let at = header.length; at < text.length; ) {
    const cut = at + PART_CHARACTERS >= text.length ? text.length : text.lastIndexOf("\n", at + PART_CHARACTERS) + 1;
    const end = cut > at ? cut : text.length;
    parts.push(`${header}${text.slice(at, end)}`);
    at = end;
  }
  return parts.length === 0 ? [text] : parts;
}

/** Sends a flow log part by part; parts of one log add up, and together replace what its hours held. */
export function useImportFlowLog() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (log: {
      readonly cluster: string;
      readonly fileName: string;
      readonly samplingRate: number;
      readonly text: string;
    }) => {
      const importId = crypto.randomUUID();
      const results: FlowLogImport[] = [];
      for (const text of toLogParts(log.text)) {
        const body = { ...log, text, importId };
        results.push(await sendJson("/api/v1/network/flow-log", { method: "POST", schema: FlowLogImport, body }));
      }
      return results;
    },
    onSettled: () => client.invalidateQueries({ queryKey: networkKeys.all }),
  });
}
