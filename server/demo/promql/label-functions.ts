import { type Column, mergeColumns, relabel } from "./columns.ts";
import { compileAnchored, expandTemplate, RegexpSyntaxError } from "./go-regexp.ts";
import { isLabelName, METRIC_NAME } from "./labels.ts";
import { executionError } from "./promql-error.ts";

/** label_replace(v, destination, replacement, source, regex) */
export function labelReplace(columns: readonly Column[], args: readonly string[]): Column[] {
  const [destination = "", replacement = "", source = "", pattern = ""] = args;
  const expression = compile(pattern);
  if (!isLabelName(destination)) {
    throw executionError(`invalid destination label name in label_replace(): ${destination}`);
  }
  const replaced = columns.map((column) => {
    const match = expression.exec(column.labels.get(source));
    if (match === null) return column;
    return relabel(column, column.labels.with(destination, expandTemplate(replacement, match)));
  });
  return mergeColumns(replaced);
}

/** label_join(v, destination, separator, source…) */
export function labelJoin(columns: readonly Column[], args: readonly string[]): Column[] {
  const [destination = "", separator = "", ...sources] = args;
  const invalid = sources.find((source) => !isLabelName(source));
  if (invalid !== undefined) throw executionError(`invalid source label name in label_join(): ${invalid}`);
  if (!isLabelName(destination)) throw executionError(`invalid destination label name in label_join(): ${destination}`);
  return mergeColumns(
    columns.map((column) => {
      const value = sources.map((source) => column.labels.get(source)).join(separator);
      return relabel(column, column.labels.with(destination, value));
    }),
  );
}

/** Labels of absent(): those that equality matchers pin, unless the same label is matched twice. */
export function absentLabels(
  matchers: readonly { name: string; operator: string; value: string }[],
): Record<string, string> {
  const labels: Record<string, string> = {};
  const seen = new Set<string>();
  for (const { name, operator, value } of matchers) {
    if (name === METRIC_NAME) continue;
    if (operator === "=" && !seen.has(name)) {
      labels[name] = value;
      seen.add(name);
    } else delete labels[name];
  }
  return labels;
}

function compile(pattern: string): RegExp {
  try {
    return compileAnchored(pattern);
  } catch (error) {
    if (!(error instanceof RegexpSyntaxError)) throw error;
    throw executionError(`invalid regular expression in label_replace(): ${pattern}`);
  }
}
