import type { CostQuery } from "#server/contract/cost.ts";
import { choiceParam, textParam } from "../url/url-param.ts";

export const GROUPS = ["team", "cluster", "namespace", "workload", "label", "pool", "resource"] as const;
export const RULES = ["none", "even", "proportional"] as const;

const CUSTOM = /^\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2}$/;

/** `month`, `last-month` or `first..last`; not named range, which is the window of the other pages. */
export const periodParam = textParam("period", "month");
export const groupParam = choiceParam("group", GROUPS, "team");
export const ruleParam = choiceParam("shared", RULES, "none");
export const namespaceParam = textParam("namespace");
export const labelParam = textParam("label");

export type CostView = {
  readonly clusters: readonly string[];
  readonly teams: readonly string[];
  readonly period: string;
  readonly group: CostQuery["groupBy"];
  readonly rule: CostQuery["shared"];
  readonly namespace: string;
  readonly label: string;
};

/** What the address says → what is asked; a period that is none reads as the month. */
export function toCostQuery(view: CostView): CostQuery {
  const [from = "", to = ""] = view.period.split("..");
  const isCustom = CUSTOM.test(view.period) && from <= to && !Number.isNaN(Date.parse(from) + Date.parse(to));
  return {
    ...(view.clusters.length === 0 ? {} : { cluster: [...view.clusters] }),
    ...(view.teams.length === 0 ? {} : { team: [...view.teams] }),
    ...(view.namespace === "" ? {} : { namespace: view.namespace }),
    range: view.period === "last-month" || isCustom ? view.period : "month",
    groupBy: view.group,
    ...(view.group !== "label" || view.label === "" ? {} : { label: view.label }),
    shared: view.rule,
  };
}

/** The address with some of its parameters set anew; an empty text takes one out. */
export function costHref(search: URLSearchParams, changes: Readonly<Record<string, string>>): string {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    if (value !== "") next.set(name, value);
  }
  const text = next.toString();
  return text === "" ? "/cost" : `/cost?${text}`;
}

/** The address of the same answer as a file. */
export function costExportHref(format: "csv" | "xlsx", query: CostQuery, language: "en" | "zh"): string {
  const search = new URLSearchParams();
  for (const cluster of query.cluster ?? []) search.append("cluster", cluster);
  for (const team of query.team ?? []) search.append("team", team);
  if (query.namespace !== undefined) search.set("namespace", query.namespace);
  search.set("range", query.range);
  search.set("groupBy", query.groupBy);
  if (query.label !== undefined) search.set("label", query.label);
  search.set("shared", query.shared);
  search.set("language", language);
  return `/api/v1/cost/export.${format}?${search.toString()}`;
}
