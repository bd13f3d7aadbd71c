import { aggregate } from "./aggregate.ts";
import { type Binary, type Call, type Expression, isComparison, isSetOperator, unwrapParens } from "./ast.ts";
import { arithmetic, compare, isArithmetic } from "./binary-operators.ts";
import { combineSets, combineVectors, combineWithScalar } from "./binary-vectors.ts";
import { typeOf } from "./check-types.ts";
import { type Column, mergeColumns, newColumn, type Steps, timeAt } from "./columns.ts";
import {
  applyOverRanges,
  type EvaluationContext,
  evaluateSelector,
  openRange,
  openSubquery,
  type RangeSeries,
} from "./evaluate-selectors.ts";
import { histogramQuantile } from "./histogram-quantile.ts";
import { absentLabels, labelJoin, labelReplace } from "./label-functions.ts";
import { Labels } from "./labels.ts";
import { unsupported } from "./promql-error.ts";
import { rangeFunctions } from "./range-functions.ts";
import { dateFunctions, elementFunctions, roundTo } from "./vector-functions.ts";

/**
 * Evaluates one parsed expression at all steps at once: every node yields whole columns, so that a month at 1 h steps
 * costs one pass per series. Semantics: Prometheus 2.42.
 */
export class Evaluation {
  readonly #context: EvaluationContext;

  constructor(context: EvaluationContext) {
    this.#context = context;
  }

  /** Value of a scalar expression per step. */
  async scalar(expression: Expression, steps: Steps): Promise<Float64Array> {
    switch (expression.kind) {
      case "number":
        return new Float64Array(steps.count).fill(expression.value);
      case "paren":
        return this.scalar(expression.inner, steps);
      case "unary": {
        const values = await this.scalar(expression.inner, steps);
        return expression.operator === "-" ? values.map((value) => -value) : values;
      }
      case "binary":
        return this.#scalarBinary(expression, steps);
      case "call":
        return this.#scalarCall(expression, steps);
      default:
        throw unsupported(`${expression.kind} as a scalar`);
    }
  }

  /** Columns of an instant vector expression. */
  async vector(expression: Expression, steps: Steps): Promise<Column[]> {
    if (this.#context.budget.isSliceOver) await this.#context.budget.pause();
    switch (expression.kind) {
      case "selector":
        return evaluateSelector(expression, steps, this.#context);
      case "paren":
        return this.vector(expression.inner, steps);
      case "unary": {
        const columns = await this.vector(expression.inner, steps);
        return expression.operator === "-" ? mapValues(columns, (value) => -value, true) : columns;
      }
      case "aggregate": {
        const { parameter } = expression;
        const columns = await this.vector(expression.inner, steps);
        const argument = parameter === undefined ? undefined : await this.#parameter(parameter, steps);
        return aggregate(expression, columns, argument, steps.count);
      }
      case "binary":
        return this.#vectorBinary(expression, steps);
      case "call":
        return this.#vectorCall(expression, steps);
      default:
        throw unsupported(`${expression.kind} as an instant vector`);
    }
  }

  /** The series behind a range selector or a subquery. */
  async ranges(expression: Expression, steps: Steps): Promise<RangeSeries[]> {
    if (expression.kind === "range") return openRange(expression, steps, this.#context);
    if (expression.kind === "subquery") {
      return openSubquery(expression, steps, this.#context, (inner, innerSteps) => this.vector(inner, innerSteps));
    }
    throw unsupported(`${expression.kind} as a range vector`);
  }

  async #parameter(expression: Expression, steps: Steps): Promise<Float64Array | string> {
    const inner = unwrapParens(expression);
    return inner.kind === "string" ? inner.value : this.scalar(inner, steps);
  }

  async #scalarBinary({ operator, left, right }: Binary, steps: Steps): Promise<Float64Array> {
    const leftValues = await this.scalar(left, steps);
    const rightValues = await this.scalar(right, steps);
    return leftValues.map((value, step) => {
      const other = rightValues[step] ?? Number.NaN;
      if (isArithmetic(operator)) return arithmetic(operator, value, other);
      if (isComparison(operator)) return compare(operator, value, other) ? 1 : 0;
      throw unsupported(`${operator} between scalars`);
    });
  }

  async #scalarCall({ name, args }: Call, steps: Steps): Promise<Float64Array> {
    if (name === "pi") return new Float64Array(steps.count).fill(Math.PI);
    if (name === "time") return Float64Array.from({ length: steps.count }, (_, step) => timeAt(steps, step) / 1000);
    const [arg] = args;
    if (name !== "scalar" || arg === undefined) throw unsupported(`function ${name}`);
    const columns = await this.vector(arg, steps);
    return Float64Array.from({ length: steps.count }, (_, step) => {
      const here = columns.filter((column) => column.present[step] === 1);
      return here.length === 1 ? (here[0]?.values[step] ?? Number.NaN) : Number.NaN;
    });
  }

  async #vectorBinary(expression: Binary, steps: Steps): Promise<Column[]> {
    const { operator, left, right, matching } = expression;
    if (typeOf(left) === "scalar") {
      const scalar = await this.scalar(left, steps);
      return combineWithScalar(expression, await this.vector(right, steps), scalar, true);
    }
    const leftColumns = await this.vector(left, steps);
    if (typeOf(right) === "scalar") {
      return combineWithScalar(expression, leftColumns, await this.scalar(right, steps), false);
    }
    const rightColumns = await this.vector(right, steps);
    if (isSetOperator(operator)) return combineSets(operator, matching, leftColumns, rightColumns, steps.count);
    return combineVectors(expression, leftColumns, rightColumns, steps.count);
  }

  async #vectorCall(call: Call, steps: Steps): Promise<Column[]> {
    const { name, args } = call;
    const apply = rangeFunctions.get(name);
    if (apply !== undefined) return this.#rangeCall(call, apply, steps);
    const [first] = args;
    if (first === undefined || name === "vector") return [await this.#fromScalar(call, steps)];
    if (name === "histogram_quantile") {
      const phi = await this.scalar(first, steps);
      return histogramQuantile(phi, await this.vector(args[1] ?? first, steps), steps.count);
    }
    if (name === "timestamp") return this.#timestamp(first, steps);
    const columns = await this.vector(first, steps);
    const element = elementFunctions.get(name);
    if (element !== undefined) return mapValues(columns, element);
    if (name === "label_replace") return labelReplace(columns, strings(args.slice(1)));
    if (name === "label_join") return labelJoin(columns, strings(args.slice(1)));
    if (name === "absent") return this.#absent(first, columns, steps);
    if (name === "sort" || name === "sort_desc") return sortColumns(columns, name === "sort_desc");
    return this.#clampOrRound(call, columns, steps);
  }

  async #rangeCall(
    { name, args }: Call,
    apply: Parameters<typeof applyOverRanges>[0]["apply"],
    steps: Steps,
  ): Promise<Column[]> {
    const ranged = unwrapParens(args.find((arg) => typeOf(arg) === "matrix") ?? (args[0] as Expression));
    const scalarArg = args.find((arg) => typeOf(arg) === "scalar");
    if (ranged.kind !== "range" && ranged.kind !== "subquery") throw unsupported(`${ranged.kind} as a range vector`);
    const shift = ranged.kind === "range" ? ranged.selector.shift : ranged.shift;
    const parameter = scalarArg === undefined ? undefined : await this.scalar(scalarArg, steps);
    const series = await this.ranges(ranged, steps);
    const keepsName = name === "last_over_time" || name === "absent_over_time";
    const call = { name, apply, rangeMs: ranged.rangeMs, shift, keepsName, parameter };
    const columns = await applyOverRanges(call, series, steps, this.#context);
    if (name !== "absent_over_time") return columns;
    return this.#absent(ranged.kind === "range" ? ranged.selector : ranged, columns, steps);
  }

  /** 1 at every step where no column is present. */
  #absent(argument: Expression, columns: readonly Column[], steps: Steps): Column[] {
    const selector = unwrapParens(argument);
    const labels = selector.kind === "selector" ? Labels.from(absentLabels(selector.matchers)) : Labels.empty;
    const result = newColumn(labels, steps.count);
    result.values.fill(1);
    for (let step = 0; step < steps.count; step += 1) {
      result.present[step] = columns.some((column) => column.present[step] === 1) ? 0 : 1;
    }
    return mergeColumns([result]);
  }

  async #timestamp(argument: Expression, steps: Steps): Promise<Column[]> {
    const inner = unwrapParens(argument);
    if (inner.kind === "selector") {
      return mapValues(await evaluateSelector(inner, steps, this.#context, true), (value) => value);
    }
    const columns = await this.vector(inner, steps);
    return mapValues(columns, (_, step) => timeAt(steps, step) / 1000);
  }

  async #fromScalar({ name, args }: Call, steps: Steps): Promise<Column> {
    const result = newColumn(Labels.empty, steps.count);
    result.present.fill(1);
    const element = elementFunctions.get(name);
    const [arg] = args;
    if (arg !== undefined) result.values.set(await this.scalar(arg, steps));
    else if (dateFunctions.has(name) && element !== undefined) {
      for (let step = 0; step < steps.count; step += 1) result.values[step] = element(timeAt(steps, step) / 1000);
    } else throw unsupported(`function ${name} without arguments`);
    return result;
  }

  async #clampOrRound({ name, args }: Call, columns: readonly Column[], steps: Steps): Promise<Column[]> {
    const scalars: Float64Array[] = [];
    for (const arg of args.slice(1)) scalars.push(await this.scalar(arg, steps));
    const at = (index: number, step: number) => scalars[index]?.[step] ?? Number.NaN;
    switch (name) {
      case "round":
        return mapValues(columns, (value, step) => roundTo(value, scalars.length === 0 ? 1 : at(0, step)));
      case "clamp_min":
        return mapValues(columns, (value, step) => Math.max(value, at(0, step)));
      case "clamp_max":
        return mapValues(columns, (value, step) => Math.min(value, at(0, step)));
      case "clamp": {
        const possible = columns.map((column) => ({
          ...column,
          present: column.present.map((is, step) => (is === 1 && !(at(1, step) < at(0, step)) ? 1 : 0)),
        }));
        return mapValues(possible, (value, step) => Math.max(at(0, step), Math.min(at(1, step), value)));
      }
      default:
        throw unsupported(`function ${name}`);
    }
  }
}

function strings(args: readonly Expression[]): string[] {
  return args.map((arg) => {
    const inner = unwrapParens(arg);
    return inner.kind === "string" ? inner.value : "";
  });
}

function mapValues(
  columns: readonly Column[],
  map: (value: number, step: number) => number,
  isStrict = false,
): Column[] {
  const mapped = columns.map((column) => ({
    labels: column.labels.dropName(),
    values: column.values.map(map),
    present: column.present,
  }));
  return mergeColumns(mapped, isStrict);
}

/** Order of an instant answer; a range answer is sorted by labels whatever this says. NaN comes last either way. */
function sortColumns(columns: readonly Column[], isDescending: boolean): Column[] {
  const key = (column: Column) => column.values[0] ?? 0;
  return columns.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    if (left === right) return 0;
    return left < right === isDescending ? 1 : -1;
  });
}
