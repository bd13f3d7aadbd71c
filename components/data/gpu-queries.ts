import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import {
  GpuDeviceDetail as GpuDeviceDetailSchema,
  type GpuDeviceQuery,
  type GpuQuery,
  type GpuRepackQuery,
  GpuRepackAnswer as GpuRepackSchema,
  Gpu as GpuSchema,
} from "#server/contract/gpu.ts";
import {
  type GpuMigrationParams,
  GpuMigrationPlan as GpuMigrationPlanSchema,
  type GpuMigrationQuery,
  GpuMigration as GpuMigrationSchema,
} from "#server/contract/gpu-migration.ts";
import type { ResolvedRange, TimeRange } from "../url/time-range.ts";
import { getJson } from "./api-client.ts";

/** Follows the metrics cadence. */
const REFRESH_MILLISECONDS = 60_000;
const HOUR_MS = 3_600_000;

export const gpuKeys = {
  all: ["gpu"] as const,
  answer: (query: GpuQuery) => [...gpuKeys.all, "answer", query] as const,
  repack: (query: GpuRepackQuery) => [...gpuKeys.all, "repack", query] as const,
  migration: (query: GpuMigrationQuery) => [...gpuKeys.all, "migration", query] as const,
  plan: (params: GpuMigrationParams) => [...gpuKeys.all, "migration", "plan", params] as const,
  device: (cluster: string, device: string, query: GpuDeviceQuery) =>
    [...gpuKeys.all, "device", cluster, device, query] as const,
};

/** A range that ends now is asked for by its first hour, so that the key stays the same while that hour lasts. */
export function toHours(range: TimeRange, resolved: ResolvedRange): GpuDeviceQuery {
  const from = new Date(Math.floor(resolved.from.getTime() / HOUR_MS) * HOUR_MS).toISOString();
  return range.kind === "last" ? { from } : { from, to: resolved.to.toISOString() };
}

export function toGpuQuery(hours: GpuDeviceQuery, clusters: readonly string[], teams: readonly string[]): GpuQuery {
  return {
    ...hours,
    ...(clusters.length === 0 ? {} : { cluster: [...clusters] }),
    ...(teams.length === 0 ? {} : { team: [...teams] }),
  };
}

/** What accelerators do, who holds them, what it costs, who waits. */
export const gpuOptions = (query: GpuQuery) =>
  queryOptions({
    queryKey: gpuKeys.answer(query),
    queryFn: ({ signal }) => getJson("/api/v1/gpu", { schema: GpuSchema, query, signal }),
    refetchInterval: REFRESH_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
export const useGpu = (query: GpuQuery) => useQuery(gpuOptions(query));

/** What sharing up to a target would free. */
export const gpuRepackOptions = (query: GpuRepackQuery) =>
  queryOptions({
    queryKey: gpuKeys.repack(query),
    queryFn: ({ signal }) => getJson("/api/v1/gpu/repack", { schema: GpuRepackSchema, query, signal }),
    placeholderData: keepPreviousData,
  });
export const useGpuRepack = (query: GpuRepackQuery) => useQuery(gpuRepackOptions(query));

/** Who could claim devices instead of asking for a resource, and what stands in the way. */
export const gpuMigrationOptions = (query: GpuMigrationQuery) =>
  queryOptions({
    queryKey: gpuKeys.migration(query),
    queryFn: ({ signal }) => getJson("/api/v1/gpu/migration", { schema: GpuMigrationSchema, query, signal }),
    placeholderData: keepPreviousData,
  });
export const useGpuMigration = (query: GpuMigrationQuery) => useQuery(gpuMigrationOptions(query));

/** The objects that move one workload. */
export const gpuMigrationPlanOptions = (params: GpuMigrationParams) =>
  queryOptions({
    queryKey: gpuKeys.plan(params),
    queryFn: ({ signal }) => {
      const path = [params.namespace, params.kind, params.name].map(encodeURIComponent).join("/");
      return getJson(`/api/v1/clusters/${encodeURIComponent(params.id)}/gpu/migration/${path}`, {
        schema: GpuMigrationPlanSchema,
        signal,
      });
    },
  });
export const useGpuMigrationPlan = (params: GpuMigrationParams) => useQuery(gpuMigrationPlanOptions(params));

/** One device. */
export const gpuDeviceOptions = (cluster: string, device: string, query: GpuDeviceQuery) =>
  queryOptions({
    queryKey: gpuKeys.device(cluster, device, query),
    queryFn: ({ signal }) =>
      getJson(`/api/v1/clusters/${encodeURIComponent(cluster)}/gpu/${encodeURIComponent(device)}`, {
        schema: GpuDeviceDetailSchema,
        query,
        signal,
      }),
    refetchInterval: REFRESH_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
export const useGpuDevice = (cluster: string, device: string, query: GpuDeviceQuery) =>
  useQuery(gpuDeviceOptions(cluster, device, query));
