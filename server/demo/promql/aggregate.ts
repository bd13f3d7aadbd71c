import type { Aggregate, AggregateOperator } from "./ast.ts";
import { BestHeap } from "./best-heap.ts";
import { type Column, mergeColumns, newColumn } from "./columns.ts";
import { formatFloatPlain } from "./go-text.ts";
import { isLabelName, type Labels, METRIC_NAME } from "./labels.ts";
import { executionError } from "./promql-error.ts";
import { Mean, quantile, Spread } from "./statistics.ts";

interface Group {
  readonly labels: Labels;
  readonly members: Column[];
}

/** `parameter`: the scalar of topk, bottomk and quantile per step, or the label name of count_values. */
export function aggregate(
  expression: Aggregate,
  columns: readonly Column[],
  parameter: Float64Array | string | undefined,
  count: number,
): Column[] {
  const { operator, isWithout, grouping } = expression;
  if (operator === "count_values") return countValues(expression, columns, String(parameter), count);
  const groups = groupColumns(columns, isWithout, grouping);
  const scalars = parameter instanceof Float64Array ? parameter : new Float64Array(0);
  if (operator === "topk" || operator === "bottomk") {
    for (const value of scalars) toInteger(value);
    return mergeColumns(groups.flatMap((group) => pickBest(group, operator === "topk", scalars, count)));
  }
  return groups.map((group) => {
    if (operator === "quantile") return quantileOf(group, scalars, count);
    return reduceGroup(group, operator, count);
  });
}

function groupColumns(columns: readonly Column[], isWithout: boolean, grouping: readonly string[]): Group[] {
  const names = new Set(isWithout ? [...grouping, METRIC_NAME] : grouping);
  const groups = new Map<string, Group>();
  for (const column of columns) {
    const labels = isWithout ? column.labels.drop(names) : column.labels.keep(names);
    const group = groups.get(labels.key);
    if (group === undefined) groups.set(labels.key, { labels, members: [column] });
    else group.members.push(column);
  }
  return [...groups.values()];
}

type Reducer = Exclude<AggregateOperator, "topk" | "bottomk" | "quantile" | "count_values">;

function reduceGroup({ labels, members }: Group, operator: Reducer, count: number): Column {
  const result = newColumn(labels, count);
  if (operator === "avg" || operator === "stddev" || operator === "stdvar") {
    return averageGroup(result, members, operator);
  }
  const { values, present } = result;
  for (const member of members) {
    for (let step = 0; step < count; step += 1) {
      if (member.present[step] !== 1) continue;
      const value = operator === "count" || operator === "group" ? 1 : (member.values[step] ?? 0);
      const known = values[step] ?? 0;
      if (present[step] !== 1) values[step] = value;
      else if (operator === "sum" || operator === "count") values[step] = known + value;
      else if (operator === "min") values[step] = value < known || Number.isNaN(known) ? value : known;
      else if (operator === "max") values[step] = value > known || Number.isNaN(known) ? value : known;
      present[step] = 1;
    }
  }
  return result;
}

function averageGroup(result: Column, members: readonly Column[], operator: "avg" | "stddev" | "stdvar"): Column {
  for (let step = 0; step < result.values.length; step += 1) {
    const mean = new Mean();
    const spread = new Spread();
    for (const member of members) {
      if (member.present[step] !== 1) continue;
      result.present[step] = 1;
      if (operator === "avg") mean.add(member.values[step] ?? 0);
      else spread.add(member.values[step] ?? 0);
    }
    if (operator === "avg") result.values[step] = mean.value;
    else result.values[step] = operator === "stddev" ? Math.sqrt(spread.variance) : spread.variance;
  }
  return result;
}

function quantileOf({ labels, members }: Group, phi: Float64Array, count: number): Column {
  const result = newColumn(labels, count);
  for (let step = 0; step < count; step += 1) {
    const values = members.flatMap((member) => (member.present[step] === 1 ? [member.values[step] ?? 0] : []));
    if (values.length === 0) continue;
    result.present[step] = 1;
    result.values[step] = quantile(phi[step] ?? Number.NaN, Float64Array.from(values));
  }
  return result;
}

function toInteger(value: number): number {
  if (!(Math.abs(value) <= 2 ** 63)) {
    const text = formatFloatPlain(value);
    throw executionError(`Scalar value ${text} overflows int64`);
  }
  return Math.trunc(value);
}

/**
 * topk and bottomk keep the series' own labels. NaN loses against every number; which of several equal values stays is
 * decided as by Prometheus' heap, so that both pick the same series.
 * Columns are returned best first by the first step, which is the order of an instant answer.
 */
function pickBest({ members }: Group, isTop: boolean, limits: Float64Array, count: number): Column[] {
  const picked = new Map<Column, Column>();
  for (let step = 0; step < count; step += 1) {
    const limit = toInteger(limits[step] ?? 0);
    if (limit < 1) continue;
    const heap = new BestHeap(limit, isTop);
    for (const [index, member] of members.entries()) {
      if (member.present[step] === 1) heap.offer({ index, value: member.values[step] ?? 0 });
    }
    for (const { index, value } of heap.bestFirst()) {
      const column = members[index];
      if (column === undefined) continue;
      const result = picked.get(column) ?? newColumn(column.labels, count);
      picked.set(column, result);
      result.present[step] = 1;
      result.values[step] = value;
    }
  }
  return [...picked.values()];
}

function countValues(expression: Aggregate, columns: readonly Column[], label: string, count: number): Column[] {
  if (!isLabelName(label)) throw executionError(`invalid label name ${JSON.stringify(label)}`);
  const names = new Set(expression.isWithout ? [...expression.grouping, METRIC_NAME] : [...expression.grouping, label]);
  const results = new Map<string, Column>();
  const resultOf = (labels: Labels, value: number): Column => {
    const valued = labels.with(label, formatFloatPlain(value));
    const kept = expression.isWithout ? valued.drop(names) : valued.keep(names);
    const result = results.get(kept.key) ?? newColumn(kept, count);
    results.set(kept.key, result);
    return result;
  };
  for (const column of columns) {
    // What is counted by value seldom moves (gates, versions): labels are made once per run of equal values, not once per step.
    let last: { readonly value: number; readonly result: Column } | undefined;
    for (let step = 0; step < count; step += 1) {
      if (column.present[step] !== 1) continue;
      const value = column.values[step] ?? 0;
      if (last === undefined || !Object.is(last.value, value)) last = { value, result: resultOf(column.labels, value) };
      last.result.present[step] = 1;
      last.result.values[step] = (last.result.values[step] ?? 0) + 1;
    }
  }
  return [...results.values()];
}
