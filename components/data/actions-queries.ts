import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  ActionChange,
  type ActionDecisionInput,
  type ActionList,
  ActionList as ActionListSchema,
  type ActionQuery,
} from "#server/contract/actions.ts";
import { getJson, sendJson } from "./api-client.ts";

export const actionKeys = {
  all: ["actions"] as const,
  list: (query: ActionQuery) => [...actionKeys.all, "list", query] as const,
};

export function actionQuery(clusters: readonly string[], teams: readonly string[]): ActionQuery {
  return {
    ...(clusters.length === 0 ? {} : { cluster: [...clusters] }),
    ...(teams.length === 0 ? {} : { team: [...teams] }),
  };
}

export const actionListOptions = (query: ActionQuery) =>
  queryOptions<ActionList>({
    queryKey: actionKeys.list(query),
    queryFn: ({ signal }) => getJson("/api/v1/actions", { schema: ActionListSchema, query, signal }),
    placeholderData: keepPreviousData,
  });
export const useActionList = (query: ActionQuery) => useQuery(actionListOptions(query));

export function useDecideAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, input }: { readonly id: string; readonly input: ActionDecisionInput }) =>
      sendJson(`/api/v1/actions/decision?id=${encodeURIComponent(id)}`, {
        method: "PUT",
        schema: ActionChange,
        body: input,
      }),
    onSettled: () => client.invalidateQueries({ queryKey: actionKeys.all }),
  });
}
