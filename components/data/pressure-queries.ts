import { queryOptions, useQuery } from "@tanstack/react-query";
import {
  type PressureHeatmap,
  type PressureHeatmapQuery,
  PressureHeatmap as PressureHeatmapSchema,
  type PressureQuery,
  type PressureRanking,
  PressureRanking as PressureRankingSchema,
  type PressureWindow,
} from "#server/contract/pressure.ts";
import {
  DetailRequest as DetailRequestSchema,
  type NodePressure,
  NodePressure as NodePressureSchema,
  type PodPressure,
  PodPressure as PodPressureSchema,
  type WorkloadPressure,
  WorkloadPressure as WorkloadPressureSchema,
} from "#server/contract/pressure-places.ts";
import {
  type PressureQueries,
  type PressureQueriesQuery,
  PressureQueries as PressureQueriesSchema,
} from "#server/contract/pressure-queries.ts";
import {
  type PressureReplay,
  type PressureReplayQuery,
  PressureReplay as PressureReplaySchema,
} from "#server/contract/pressure-replay.ts";
import {
  type PressureSwap,
  type PressureSwapQuery,
  PressureSwap as PressureSwapSchema,
} from "#server/contract/pressure-swap.ts";
import { getJson, sendJson } from "./api-client.ts";

/** Reads land once a minute. */
const REFRESH_MILLISECONDS = 60_000;
/** While a detail job runs. */
const FOLLOW_MILLISECONDS = 1_000;

export const pressureKeys = {
  all: ["pressure"] as const,
  ranking: (query: PressureQuery) => [...pressureKeys.all, "ranking", query] as const,
  heatmap: (query: PressureHeatmapQuery) => [...pressureKeys.all, "heatmap", query] as const,
  queries: (query: PressureQueriesQuery) => [...pressureKeys.all, "queries", query] as const,
  swap: (query: PressureSwapQuery) => [...pressureKeys.all, "swap", query] as const,
  node: (cluster: string, node: string, window: PressureWindow) =>
    [...pressureKeys.all, "node", cluster, node, window] as const,
  workload: (cluster: string, namespace: string, kind: string, name: string, window: PressureWindow) =>
    [...pressureKeys.all, "workload", cluster, namespace, kind, name, window] as const,
  pod: (cluster: string, namespace: string, pod: string, window: PressureWindow) =>
    [...pressureKeys.all, "pod", cluster, namespace, pod, window] as const,
  detail: (cluster: string, namespace: string, pod: string, window: PressureWindow, turn: number) =>
    [...pressureKeys.pod(cluster, namespace, pod, window), "detail", turn] as const,
};

const apiPath = (cluster: string, ...rest: readonly string[]) =>
  `/api/v1/clusters/${encodeURIComponent(cluster)}/pressure/${rest.map(encodeURIComponent).join("/")}`;

/** Hot spots by level, resource and window. */
export const pressureRankingOptions = (query: PressureQuery) =>
  queryOptions<PressureRanking>({
    queryKey: pressureKeys.ranking(query),
    queryFn: ({ signal }) => getJson("/api/v1/pressure", { schema: PressureRankingSchema, query, signal }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
export const usePressureRanking = (query: PressureQuery) => useQuery(pressureRankingOptions(query));

/** Nodes × time, grouped by cluster, pool and zone. */
export const pressureHeatmapOptions = (query: PressureHeatmapQuery) =>
  queryOptions<PressureHeatmap>({
    queryKey: pressureKeys.heatmap(query),
    queryFn: ({ signal }) => getJson("/api/v1/pressure/heatmap", { schema: PressureHeatmapSchema, query, signal }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
export const usePressureHeatmap = (query: PressureHeatmapQuery) => useQuery(pressureHeatmapOptions(query));

export const nodePressureOptions = (cluster: string, node: string, window: PressureWindow) =>
  queryOptions<NodePressure>({
    queryKey: pressureKeys.node(cluster, node, window),
    queryFn: ({ signal }) =>
      getJson(apiPath(cluster, "nodes", node), { schema: NodePressureSchema, query: { window }, signal }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
export const useNodePressure = (cluster: string, node: string, window: PressureWindow) =>
  useQuery(nodePressureOptions(cluster, node, window));

export const workloadPressureOptions = (
  cluster: string,
  namespace: string,
  kind: string,
  name: string,
  window: PressureWindow,
) =>
  queryOptions<WorkloadPressure>({
    queryKey: pressureKeys.workload(cluster, namespace, kind, name, window),
    queryFn: ({ signal }) =>
      getJson(apiPath(cluster, "workloads", namespace, kind, name), {
        schema: WorkloadPressureSchema,
        query: { window },
        signal,
      }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
export const useWorkloadPressure = (
  cluster: string,
  namespace: string,
  kind: string,
  name: string,
  window: PressureWindow,
) => useQuery(workloadPressureOptions(cluster, namespace, kind, name, window));

/** What an autoscaler on pressure would have done, for some settings. */
export const pressureReplayOptions = (
  place: { readonly cluster: string; readonly namespace: string; readonly kind: string; readonly name: string },
  query: PressureReplayQuery,
) =>
  queryOptions<PressureReplay>({
    queryKey: [
      ...pressureKeys.workload(place.cluster, place.namespace, place.kind, place.name, query.window),
      "replay",
      query,
    ],
    queryFn: ({ signal }) =>
      getJson(apiPath(place.cluster, "workloads", place.namespace, place.kind, place.name, "replay"), {
        schema: PressureReplaySchema,
        query,
        signal,
      }),
    placeholderData: (before) => before,
  });
export const usePressureReplay = (
  place: { readonly cluster: string; readonly namespace: string; readonly kind: string; readonly name: string },
  query: PressureReplayQuery,
) => useQuery(pressureReplayOptions(place, query));

/** What is stored of a pod; with `until` the answer of that detail job, followed until it is there. */
export const podPressureOptions = (
  cluster: string,
  namespace: string,
  pod: string,
  window: PressureWindow,
  until?: string,
) =>
  queryOptions<PodPressure>({
    queryKey: [...pressureKeys.pod(cluster, namespace, pod, window), until ?? "stored"],
    queryFn: ({ signal }) =>
      getJson(apiPath(cluster, "pods", namespace, pod), {
        schema: PodPressureSchema,
        query: { window, until },
        signal,
      }),
    ...(until === undefined
      ? {}
      : { refetchInterval: (query) => (query.state.data?.detail.state === "reading" ? FOLLOW_MILLISECONDS : false) }),
    placeholderData: (before) => before,
  });
export const usePodPressure = (
  cluster: string,
  namespace: string,
  pod: string,
  window: PressureWindow,
  until?: string,
) => useQuery(podPressureOptions(cluster, namespace, pod, window, until));

/** Asks for the recent window of a pod, once per `turn`; the answer names the window that everybody follows. */
export const usePodDetailRequest = (
  cluster: string,
  namespace: string,
  pod: string,
  window: PressureWindow,
  turn: number,
) =>
  useQuery({
    queryKey: pressureKeys.detail(cluster, namespace, pod, window, turn),
    queryFn: ({ signal }) =>
      sendJson(apiPath(cluster, "pods", namespace, pod), {
        method: "POST",
        schema: DetailRequestSchema,
        query: { window },
        signal,
      }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

/** Swap over the fleet: nodes, containers near their limit, kills. */
export const pressureSwapOptions = (query: PressureSwapQuery) =>
  queryOptions<PressureSwap>({
    queryKey: pressureKeys.swap(query),
    queryFn: ({ signal }) => getJson("/api/v1/pressure/swap", { schema: PressureSwapSchema, query, signal }),
    refetchInterval: REFRESH_MILLISECONDS,
  });
export const usePressureSwap = (query: PressureSwapQuery) => useQuery(pressureSwapOptions(query));

/** What the questions behind the pages cost, and the recording rules. */
export const usePressureQueries = (query: PressureQueriesQuery) =>
  useQuery(
    queryOptions<PressureQueries>({
      queryKey: pressureKeys.queries(query),
      queryFn: ({ signal }) => getJson("/api/v1/pressure/queries", { schema: PressureQueriesSchema, query, signal }),
    }),
  );
