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
