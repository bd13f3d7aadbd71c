import type { Labels } from "./labels.ts";
import { executionError } from "./promql-error.ts";

/** The moments of one evaluation, all in ms: startMs, startMs + stepMs, … up to endMs. */
export interface Steps {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly count: number;
}

export function stepsBetween(startMs: number, endMs: number, stepMs: number): Steps {
  return { startMs, endMs, stepMs, count: endMs < startMs ? 0 : Math.floor((endMs - startMs) / stepMs) + 1 };
}

export function timeAt(steps: Steps, index: number): number {
  return steps.startMs + index * steps.stepMs;
}

/** One output series over all steps; `present[i]` is 1 where it has a value at step i. */
export interface Column {
  readonly labels: Labels;
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

export function newColumn(labels: Labels, count: number): Column {
  return { labels, values: new Float64Array(count), present: new Uint8Array(count) };
}

export function isEmpty(column: Column): boolean {
  return !column.present.includes(1);
}

/** A column's values under other labels. */
export function relabel(column: Column, labels: Labels): Column {
  return labels === column.labels ? column : { ...column, labels };
}

const SAME_LABELS = "vector cannot contain metrics with the same labelset";

/**
 * Joins columns that ended up with equal labels, which is allowed only while they are never present at one step.
 * `isStrict` refuses them even then, as Prometheus does after functions over range vectors.
 */
export function mergeColumns(columns: readonly Column[], isStrict = false): Column[] {
  const byKey = new Map<string, Column>();
  for (const column of columns) {
    if (isEmpty(column)) continue;
    const known = byKey.get(column.labels.key);
    if (known === undefined) byKey.set(column.labels.key, column);
    else if (isStrict) throw executionError(SAME_LABELS);
    else byKey.set(column.labels.key, join(known, column));
  }
  return [...byKey.values()];
}

function join(first: Column, second: Column): Column {
  const joined = { labels: first.labels, values: first.values.slice(), present: first.present.slice() };
  for (let step = 0; step < joined.present.length; step += 1) {
    if (second.present[step] !== 1) continue;
    if (joined.present[step] === 1) throw executionError(SAME_LABELS);
    joined.present[step] = 1;
    joined.values[step] = second.values[step] ?? 0;
  }
  return joined;
}
