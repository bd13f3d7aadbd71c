import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  AlertDeliveryChange,
  type AlertList,
  AlertList as AlertListSchema,
  type AlertQuery,
  AlertRuleChange,
  type AlertRuleInput,
  type AlertRuleList,
  AlertRuleList as AlertRuleListSchema,
  type AlertTestList,
  AlertTestList as AlertTestListSchema,
} from "#server/contract/alerts.ts";
import { getJson, sendJson } from "./api-client.ts";

/** Collectors judge and send every few seconds. */
const REFRESH_MILLISECONDS = 30_000;
/** While a message is on its way. */
const FOLLOW_MILLISECONDS = 2_000;
const TESTS = { limit: 10 };

export const alertKeys = {
  all: ["alerts"] as const,
  list: (query: AlertQuery) => [...alertKeys.all, "list", query] as const,
  rules: ["alerts", "rules"] as const,
  tests: ["alerts", "tests"] as const,
};

const isOpen = ({ status }: { readonly status: string }) => status === "pending" || status === "sending";

/** What fires now, and what fired and ended. */
export const alertListOptions = (query: AlertQuery) =>
  queryOptions<AlertList>({
    queryKey: alertKeys.list(query),
    queryFn: ({ signal }) => getJson("/api/v1/alerts", { schema: AlertListSchema, query, signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ deliveries }) => deliveries.some(isOpen)) === true
        ? FOLLOW_MILLISECONDS * 2
        : REFRESH_MILLISECONDS,
  });
export const useAlertList = (query: AlertQuery) => useQuery(alertListOptions(query));

/** Every rule with its limits, and the webhooks there are. */
export const alertRulesOptions = () =>
  queryOptions<AlertRuleList>({
    queryKey: alertKeys.rules,
    queryFn: ({ signal }) => getJson("/api/v1/alerts/rules", { schema: AlertRuleListSchema, signal }),
  });
export const useAlertRules = () => useQuery(alertRulesOptions());

/** Tests of webhooks, followed while one is on its way. */
export const useAlertTests = () =>
  useQuery(
    queryOptions<AlertTestList>({
      queryKey: alertKeys.tests,
      queryFn: ({ signal }) => getJson("/api/v1/alerts/tests", { schema: AlertTestListSchema, query: TESTS, signal }),
      refetchInterval: ({ state }) =>
        state.data?.items.some(isOpen) === true ? FOLLOW_MILLISECONDS : REFRESH_MILLISECONDS,
    }),
  );

function useAlertChange<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: alertKeys.all }) });
}

const rulePath = (id: string) => `/api/v1/alerts/rules/${encodeURIComponent(id)}`;

export const useSaveAlertRule = () =>
  useAlertChange(({ id, rule }: { readonly id: string; readonly rule: AlertRuleInput }) =>
    sendJson(rulePath(id), { method: "PUT", schema: AlertRuleChange, body: rule }),
  );
export const useResetAlertRule = () =>
  useAlertChange((id: string) => sendJson(rulePath(id), { method: "DELETE", schema: AlertRuleChange }));
export const useTestWebhook = () =>
  useAlertChange((name: string) =>
    sendJson(`/api/v1/alerts/webhooks/${encodeURIComponent(name)}/test`, {
      method: "POST",
      schema: AlertDeliveryChange,
    }),
  );
export const useRetryDelivery = () =>
  useAlertChange((id: number) =>
    sendJson(`/api/v1/alerts/deliveries/${id}/retry`, { method: "POST", schema: AlertDeliveryChange }),
  );
