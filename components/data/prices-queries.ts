import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  BudgetChange,
  type BudgetInput,
  type BudgetList,
  BudgetList as BudgetListSchema,
  type BudgetQuery,
  PriceChange,
  type PriceEventList,
  PriceEventList as PriceEventListSchema,
  PriceImport,
  type PriceImportInput,
  type PriceList,
  PriceList as PriceListSchema,
  type PriceQuery,
  type PriceRowInput,
} from "#server/contract/prices.ts";
import { getJson, sendJson } from "./api-client.ts";
import { costKeys } from "./cost-queries.ts";
import { useTeamList } from "./fleet-queries.ts";

export const priceKeys = {
  all: ["prices"] as const,
  list: (query: PriceQuery) => [...priceKeys.all, "list", query] as const,
};
export const budgetKeys = {
  all: ["budgets"] as const,
  list: (query: BudgetQuery) => [...budgetKeys.all, "list", query] as const,
};

/** Rows of the price book. */
export const priceListOptions = (query: PriceQuery) =>
  queryOptions<PriceList>({
    queryKey: priceKeys.list(query),
    queryFn: ({ signal }) => getJson("/api/v1/prices", { schema: PriceListSchema, query, signal }),
  });
export const usePriceList = (query: PriceQuery) => useQuery(priceListOptions(query));

/** Without an id a new row; with one its correction. */
export function useSavePrice() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, row }: { readonly id: number | null; readonly row: PriceRowInput }) =>
      id === null
        ? sendJson("/api/v1/prices", { method: "POST", schema: PriceChange, body: row })
        : sendJson(`/api/v1/prices/${id}`, { method: "PUT", schema: PriceChange, body: row }),
    onSettled: () => client.invalidateQueries({ queryKey: priceKeys.all }),
  });
}

export function useWithdrawPrice() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => sendJson(`/api/v1/prices/${id}`, { method: "DELETE", schema: PriceChange }),
    onSettled: () => client.invalidateQueries({ queryKey: priceKeys.all }),
  });
}

/** With `dryRun` only what a file would change. */
export function useImportPrices() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: PriceImportInput) =>
      sendJson("/api/v1/prices/import", { method: "POST", schema: PriceImport, body }),
    onSettled: (_, __, { dryRun }) => (dryRun ? undefined : client.invalidateQueries({ queryKey: priceKeys.all })),
  });
}

/** Who changed what in the price book. */
export const priceEventOptions = () =>
  queryOptions<PriceEventList>({
    queryKey: [...priceKeys.all, "events"],
    queryFn: ({ signal }) => getJson("/api/v1/prices/changes", { schema: PriceEventListSchema, signal }),
  });
export const usePriceEvents = () => useQuery(priceEventOptions());

/** Budgets per team and first day. */
export const budgetListOptions = (query: BudgetQuery) =>
  queryOptions<BudgetList>({
    queryKey: budgetKeys.list(query),
    queryFn: ({ signal }) => getJson("/api/v1/budgets", { schema: BudgetListSchema, query, signal }),
  });
export const useBudgetList = (query: BudgetQuery) => useQuery(budgetListOptions(query));

export function useSaveBudget() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: BudgetInput) => sendJson("/api/v1/budgets", { method: "PUT", schema: BudgetChange, body }),
    onSettled: () => client.invalidateQueries({ queryKey: budgetKeys.all }),
  });
}

/** Teams to choose from, and a save that every figure of budgets follows. */
export function useBudgetForm() {
  const client = useQueryClient();
  const teams = (useTeamList().data?.items ?? []).flatMap(({ team }) => (team === null ? [] : [team]));
  const save = useSaveBudget();
  return {
    teams,
    isBusy: save.isPending,
    error: save.error,
    save: (body: BudgetInput, done: () => void) =>
      save.mutate(body, { onSuccess: () => client.invalidateQueries({ queryKey: costKeys.all }).then(done) }),
  };
}

export function useDeleteBudget() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => sendJson(`/api/v1/budgets/${id}`, { method: "DELETE", schema: BudgetChange }),
    onSettled: () => client.invalidateQueries({ queryKey: budgetKeys.all }),
  });
}
