import { type Binary, isComparison, type SetOperator, type VectorMatching } from "./ast.ts";
import { arithmetic, compare, dropsMetricName, isArithmetic } from "./binary-operators.ts";
import { type Column, mergeColumns, newColumn } from "./columns.ts";
import { type Labels, METRIC_NAME } from "./labels.ts";
import { executionError } from "./promql-error.ts";

/** The labels on which two series match, as one string. */
function matchKey(matching: VectorMatching): (labels: Labels) => string {
  const names = new Set(matching.isOn ? matching.labels : [...matching.labels, METRIC_NAME]);
  return matching.isOn ? (labels) => labels.keep(names).key : (labels) => labels.drop(names).key;
}

function groupBy(columns: readonly Column[], keyOf: (labels: Labels) => string): Map<string, Column[]> {
  const groups = new Map<string, Column[]>();
  for (const column of columns) {
    const key = keyOf(column.labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [column]);
    else group.push(column);
  }
  return groups;
}

function presence(columns: readonly Column[], count: number): Uint8Array {
  const any = new Uint8Array(count);
  for (const { present } of columns)
    for (let step = 0; step < count; step += 1) any[step] = any[step] || (present[step] ?? 0);
  return any;
}

/** and, or, unless */
export function combineSets(
  operator: SetOperator,
  matching: VectorMatching,
  left: readonly Column[],
  right: readonly Column[],
  count: number,
): Column[] {
  const keyOf = matchKey(matching);
  const [kept, other] = operator === "or" ? [right, left] : [left, right];
  const presentByKey = new Map([...groupBy(other, keyOf)].map(([key, group]) => [key, presence(group, count)]));
  const wanted = operator === "and" ? 1 : 0;
  const filtered = kept.map((column) => {
    const otherPresent = presentByKey.get(keyOf(column.labels));
    const present = column.present.map((is, step) => (is === 1 && (otherPresent?.[step] ?? 0) === wanted ? 1 : 0));
    return { ...column, present };
  });
  return mergeColumns(operator === "or" ? [...left, ...filtered] : filtered);
}

/**
 * Arithmetic and comparison between two vectors. Throws execution errors when matching is ambiguous at a step, in
 * Prometheus' words.
 */
export function combineVectors(
  expression: Binary,
  leftColumns: readonly Column[],
  rightColumns: readonly Column[],
  count: number,
): Column[] {
  const { matching } = expression;
  const isSwapped = matching.many === "right"; // the "one" side is then on the left
  const [many, one] = isSwapped ? [rightColumns, leftColumns] : [leftColumns, rightColumns];
  const keyOf = matchKey(matching);
  const manyGroups = groupBy(many, keyOf);
  const oneGroups = groupBy(one, keyOf);
  const anyMany = presence(many, count);
  const results: Column[] = [];
  for (const [key, ones] of oneGroups) {
    refuseDuplicates(ones, anyMany, matching, isSwapped ? "left" : "right");
    const pairs = (manyGroups.get(key) ?? []).flatMap((column) =>
      ones.map((partner) => combinePair(expression, column, partner, isSwapped, count)),
    );
    refuseSeveralMatches(pairs, matching, count);
    results.push(...pairs);
  }
  return mergeColumns(results);
}

function combinePair(expression: Binary, many: Column, one: Column, isSwapped: boolean, count: number): Column {
  const { operator, isBool } = expression;
  const result = newColumn(resultLabels(expression, many.labels, one.labels), count);
  const [left, right] = isSwapped ? [one, many] : [many, one];
  for (let step = 0; step < count; step += 1) {
    if (many.present[step] !== 1 || one.present[step] !== 1) continue;
    const leftValue = left.values[step] ?? 0;
    const rightValue = right.values[step] ?? 0;
    let value = leftValue;
    if (isArithmetic(operator)) value = arithmetic(operator, leftValue, rightValue);
    else if (isComparison(operator)) {
      const holds = compare(operator, leftValue, rightValue);
      if (isBool) value = holds ? 1 : 0;
      else if (!holds) continue;
    }
    result.values[step] = value;
    result.present[step] = 1;
  }
  return result;
}

function resultLabels({ operator, isBool, matching }: Binary, many: Labels, one: Labels): Labels {
  let labels = dropsMetricName(operator) || isBool ? many.dropName() : many;
  if (matching.many === "none") {
    const names = new Set(matching.labels);
    labels = matching.isOn ? labels.keep(names) : labels.drop(names);
  }
  for (const name of matching.include) labels = labels.with(name, one.get(name));
  return isBool ? labels.dropName() : labels;
}

function refuseDuplicates(ones: readonly Column[], anyMany: Uint8Array, matching: VectorMatching, side: string): void {
  if (ones.length < 2) return;
  for (let step = 0; step < anyMany.length; step += 1) {
    if (anyMany[step] !== 1) continue;
    const [first, second] = ones.filter((column) => column.present[step] === 1);
    if (first === undefined || second === undefined) continue;
    const names = new Set(matching.isOn ? matching.labels : [...matching.labels, METRIC_NAME]);
    const group = matching.isOn ? first.labels.keep(names) : first.labels.drop(names);
    throw executionError(
      `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: ` +
        `[${second.labels}, ${first.labels}];many-to-many matching not allowed: ` +
        "matching labels must be unique on one side",
    );
  }
}

function refuseSeveralMatches(pairs: readonly Column[], matching: VectorMatching, count: number): void {
  if (pairs.length < 2) return;
  for (let step = 0; step < count; step += 1) {
    const seen = new Set<string>();
    let matched = 0;
    for (const pair of pairs) {
      if (pair.present[step] !== 1) continue;
      matched += 1;
      if (matching.many === "none" && matched > 1) {
        const rule = "many-to-one matching must be explicit (group_left/group_right)";
        throw executionError(`multiple matches for labels: ${rule}`);
      }
      if (seen.has(pair.labels.key)) {
        throw executionError("multiple matches for labels: grouping labels must ensure unique matches");
      }
      seen.add(pair.labels.key);
    }
  }
}

/** Arithmetic and comparison between a vector and a scalar; a comparison keeps the vector's value. */
export function combineWithScalar(
  { operator, isBool }: Binary,
  columns: readonly Column[],
  scalar: Float64Array,
  isScalarLeft: boolean,
): Column[] {
  const dropsName = dropsMetricName(operator) || isBool;
  const results = columns.map((column) => {
    const result = newColumn(dropsName ? column.labels.dropName() : column.labels, scalar.length);
    for (let step = 0; step < scalar.length; step += 1) {
      if (column.present[step] !== 1) continue;
      const own = column.values[step] ?? 0;
      const other = scalar[step] ?? Number.NaN;
      const [left, right] = isScalarLeft ? [other, own] : [own, other];
      let value = own;
      if (isArithmetic(operator)) value = arithmetic(operator, left, right);
      else if (isComparison(operator)) {
        const holds = compare(operator, left, right);
        if (isBool) value = holds ? 1 : 0;
        else if (!holds) continue;
      }
      result.values[step] = value;
      result.present[step] = 1;
    }
    return result;
  });
  return mergeColumns(results);
}
