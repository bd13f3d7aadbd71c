import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import {
  type GateCell,
  type GateChangeList,
  GateChangeList as GateChangeListSchema,
  type GateChangeQuery,
  type GateList,
  GateList as GateListSchema,
  type GateQuery,
  type GateRow,
} from "#server/contract/gates.ts";
import { getJson } from "./api-client.ts";

export const gateKeys = {
  all: ["gates"] as const,
  list: (query: GateQuery) => [...gateKeys.all, "list", query] as const,
  changes: (query: GateChangeQuery) => [...gateKeys.all, "changes", query] as const,
};

const ALL_ROWS = 1000;
export const CHANGE_DAYS = 90;
const CHANGE_LIMIT = 200;

/** The whole matrix at once: quick filters and search then need no request. */
export function gateMatrixQuery(clusters: readonly string[], target: string): GateQuery {
  return {
    ...(clusters.length === 0 ? {} : { cluster: [...clusters] }),
    ...(target === "" ? {} : { target }),
    limit: ALL_ROWS,
  };
}
export function gateChangesQuery(clusters: readonly string[], gate?: string): GateChangeQuery {
  return {
    ...(clusters.length === 0 ? {} : { cluster: [...clusters] }),
    ...(gate === undefined ? {} : { gate }),
    days: CHANGE_DAYS,
    limit: CHANGE_LIMIT,
  };
}

/** Every gate × component × node group. The old matrix stays while a filter changes. */
export const gateListOptions = (query: GateQuery) =>
  queryOptions<GateList>({
    queryKey: gateKeys.list(query),
    queryFn: ({ signal }) => getJson("/api/v1/gates", { schema: GateListSchema, query, signal }),
    placeholderData: keepPreviousData,
  });
export const useGateList = (query: GateQuery) => useQuery(gateListOptions(query));

/** The cell of a row in one column; `null` = no version of that cluster knows the gate. */
export function cellOf(list: Pick<GateList, "palette">, row: GateRow, column: number): GateCell | null {
  return list.palette[row.cells[column] ?? -1] ?? null;
}

/** Which gate changed where and when. */
export const gateChangeOptions = (query: GateChangeQuery) =>
  queryOptions<GateChangeList>({
    queryKey: gateKeys.changes(query),
    queryFn: ({ signal }) => getJson("/api/v1/gates/changes", { schema: GateChangeListSchema, query, signal }),
  });
export const useGateChanges = (query: GateChangeQuery) => useQuery(gateChangeOptions(query));
