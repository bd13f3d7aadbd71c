import {
  type Aggregate,
  type Binary,
  type Call,
  type Expression,
  isComparison,
  isSetOperator,
  type ValueType,
} from "./ast.ts";
import { parseError } from "./promql-error.ts";
import { signatures } from "./signatures.ts";

const TYPE_WORDS: Readonly<Record<ValueType, string>> = {
  scalar: "scalar",
  string: "string",
  vector: "instant vector",
  matrix: "range vector",
};

export function typeWords(type: ValueType): string {
  return TYPE_WORDS[type];
}

export function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case "number":
      return "scalar";
    case "string":
      return "string";
    case "selector":
    case "aggregate":
      return "vector";
    case "range":
    case "subquery":
      return "matrix";
    case "call":
      return signatures.get(expression.name)?.returns ?? "vector";
    case "binary":
      return typeOf(expression.left) === "scalar" && typeOf(expression.right) === "scalar" ? "scalar" : "vector";
    case "unary":
    case "paren":
      return typeOf(expression.inner);
  }
}

/** Prometheus' static rules; throws bad_data in its words. */
export function checkTypes(query: string, expression: Expression): void {
  switch (expression.kind) {
    case "paren":
      checkTypes(query, expression.inner);
      return;
    case "unary": {
      checkTypes(query, expression.inner);
      const type = typeOf(expression.inner);
      if (type !== "scalar" && type !== "vector") {
        const rule = "unary expression only allowed on expressions of type scalar or instant vector";
        throw parseError(query, expression.position, `${rule}, got ${JSON.stringify(typeWords(type))}`);
      }
      return;
    }
    case "subquery": {
      checkTypes(query, expression.inner);
      const type = typeOf(expression.inner);
      if (type !== "vector") {
        const problem = `subquery is only allowed on instant vector, got ${type} instead`;
        throw parseError(query, expression.position, problem);
      }
      return;
    }
    case "aggregate":
      checkAggregate(query, expression);
      return;
    case "call":
      checkCall(query, expression);
      return;
    case "binary":
      checkBinary(query, expression);
      return;
    default:
  }
}

function expectType(query: string, expression: Expression, wanted: ValueType, place: string): void {
  checkTypes(query, expression);
  const type = typeOf(expression);
  if (type !== wanted) {
    const problem = `expected type ${typeWords(wanted)} in ${place}, got ${typeWords(type)}`;
    throw parseError(query, expression.position, problem);
  }
}

function checkAggregate(query: string, { operator, parameter, inner }: Aggregate): void {
  expectType(query, inner, "vector", "aggregation expression");
  if (parameter === undefined) return;
  expectType(query, parameter, operator === "count_values" ? "string" : "scalar", "aggregation parameter");
}

function checkCall(query: string, { name, args, position }: Call): void {
  const known = signatures.get(name);
  if (known === undefined) throw parseError(query, position, `unknown function with name ${JSON.stringify(name)}`);
  const most = known.args.length + (known.optional === Infinity ? Infinity : 0);
  const least = known.args.length - (known.optional > 0 ? 1 : 0);
  const refuse = (expected: string) =>
    parseError(
      query,
      position,
      `expected ${expected} argument(s) in call to ${JSON.stringify(name)}, got ${args.length}`,
    );
  if (args.length < least) throw refuse(known.optional > 0 ? `at least ${least}` : `${least}`);
  if (args.length > most) throw refuse(known.optional > 0 ? `at most ${most}` : `${most}`);
  for (const [index, arg] of args.entries()) {
    expectType(
      query,
      arg,
      known.args[index] ?? known.args.at(-1) ?? "vector",
      `call to function ${JSON.stringify(name)}`,
    );
  }
}

function checkBinary(query: string, expression: Binary): void {
  const { operator, left, right, isBool, matching, position } = expression;
  checkTypes(query, left);
  checkTypes(query, right);
  const types = [typeOf(left), typeOf(right)];
  const hasScalar = types.includes("scalar");
  if (isBool && !isComparison(operator)) {
    throw parseError(query, position, "bool modifier can only be used on comparison operators");
  }
  if (isComparison(operator) && !isBool && types.every((type) => type === "scalar")) {
    throw parseError(query, position, "comparisons between scalars must use BOOL modifier");
  }
  if (isSetOperator(operator) && matching.many !== "none") {
    throw parseError(query, position, `no grouping allowed for ${JSON.stringify(operator)} operation`);
  }
  const both = matching.isOn ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
  if (both !== undefined) {
    throw parseError(query, position, `label ${JSON.stringify(both)} must not occur in ON and GROUP clause at once`);
  }
  if (types.some((type) => type !== "scalar" && type !== "vector")) {
    throw parseError(query, position, "binary expression must contain only scalar and instant vector types");
  }
  if (hasScalar && isSetOperator(operator)) {
    const problem = `set operator ${JSON.stringify(operator)} not allowed in binary scalar expression`;
    throw parseError(query, position, problem);
  }
  if (hasScalar && (matching.isOn || matching.labels.length > 0)) {
    throw parseError(query, position, "vector matching only allowed between instant vectors");
  }
}
