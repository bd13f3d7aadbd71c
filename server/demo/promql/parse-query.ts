import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import type { AggregateOperator, BinaryOperator, Expression, VectorMatching, VectorSelector } from "./ast.ts";
import { checkTypes } from "./check-types.ts";
import { RegexpSyntaxError } from "./go-regexp.ts";
import { parseDurationMs, unquote } from "./go-text.ts";
import { METRIC_NAME } from "./labels.ts";
import { createMatcher, type Matcher, type MatchOperator } from "./matcher.ts";
import { applyAt, applyOffset, applyRange, applySubquery } from "./modifiers.ts";
import { parseError, unsupported } from "./promql-error.ts";
import { signatures } from "./signatures.ts";
import { findSyntaxError } from "./syntax-error.ts";

/**
 * PromQL text → typed expression, by the rules of Prometheus 2.42.
 * Throws PromqlError: bad_data for what Prometheus would refuse, execution for what only this evaluator lacks.
 */
export function parseQuery(query: string): Expression {
  const tree = parser.parse(query);
  const problem = findSyntaxError(query, tree);
  if (problem !== undefined) throw problem;
  const root = tree.topNode.firstChild;
  if (root === null) throw parseError(query, 0, "no expression found in input");
  const expression = new Converter(query).expression(root);
  checkTypes(query, expression);
  return expression;
}

/** The value of one match[] parameter. */
export function parseMatchers(query: string): readonly Matcher[] {
  const expression = parseQuery(query);
  if (expression.kind !== "selector") throw parseError(query, 0, "expected a vector selector");
  return expression.matchers;
}

type Piece =
  | { readonly kind: "operand"; readonly expression: Expression }
  | { readonly kind: "sign"; readonly operator: "+" | "-"; readonly position: number }
  | { readonly kind: "postfix"; readonly node: SyntaxNode }
  | { readonly kind: "operator"; readonly node: SyntaxNode; readonly operator: BinaryOperator };

const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  "==": 3,
  "!=": 3,
  ">": 3,
  "<": 3,
  ">=": 3,
  "<=": 3,
  "+": 4,
  "-": 4,
  "*": 5,
  "/": 5,
  "%": 5,
  atan2: 5,
  "^": 6,
};
const POWER = 6;

const POSTFIXES = new Set(["OffsetExpr", "StepInvariantExpr", "MatrixSelector", "SubqueryExpr"]);
const AGGREGATES = new Set("sum avg min max count group stddev stdvar topk bottomk quantile count_values".split(" "));
const WITH_PARAMETER = new Set(["topk", "bottomk", "quantile", "count_values"]);

class Converter {
  readonly #query: string;

  constructor(query: string) {
    this.#query = query;
  }

  /**
   * The grammar, made for editors, attaches modifiers and signs loosely ("a + b offset 5m" shifts the sum). Operators,
   * signs and modifiers are therefore laid out in source order and grouped anew by Prometheus' precedence.
   */
  expression(node: SyntaxNode): Expression {
    const pieces: Piece[] = [];
    this.#flatten(node, pieces);
    return new Grouping(
      pieces,
      (expression, postfix) => this.#postfix(expression, postfix),
      (piece, left, right) => this.#binary(piece, left, right),
    ).parse();
  }

  #flatten(node: SyntaxNode, pieces: Piece[]): void {
    if (node.name === "BinaryExpr") {
      const left = node.firstChild;
      const right = node.lastChild;
      const operator = left?.nextSibling;
      if (!left || !right || !operator) throw parseError(this.#query, node.from, "unexpected end of input");
      this.#flatten(left, pieces);
      pieces.push({ kind: "operator", node, operator: this.#operator(operator) });
      this.#flatten(right, pieces);
    } else if (node.name === "UnaryExpr") {
      pieces.push({ kind: "sign", operator: this.#query[node.from] === "-" ? "-" : "+", position: node.from });
      this.#flatten(this.#last(node), pieces);
    } else if (POSTFIXES.has(node.name)) {
      this.#flatten(this.#first(node), pieces);
      pieces.push({ kind: "postfix", node });
    } else if (node.name === "NumberDurationLiteral" && /^[+-]/.test(this.#text(node))) {
      pieces.push({ kind: "sign", operator: this.#query[node.from] === "-" ? "-" : "+", position: node.from });
      pieces.push({ kind: "operand", expression: this.#number(node) });
    } else {
      pieces.push({ kind: "operand", expression: this.#primary(node) });
    }
  }

  #primary(node: SyntaxNode): Expression {
    switch (node.name) {
      case "NumberDurationLiteral":
        return this.#number(node);
      case "StringLiteral":
        return { kind: "string", value: this.#string(node), position: node.from };
      case "ParenExpr":
        return { kind: "paren", inner: this.expression(this.#first(node)), position: node.from };
      case "VectorSelector":
        return this.#selector(node);
      case "FunctionCall":
        return this.#call(node);
      case "AggregateExpr":
        return this.#aggregate(node);
      default:
        throw unsupported(this.#text(node));
    }
  }

  #number(node: SyntaxNode): Expression {
    const text = this.#text(node).replace(/^[+-]\s*/, "");
    const isOctal = /^0[0-7]+$/.test(text);
    const value = /^inf$/i.test(text)
      ? Infinity
      : /^nan$/i.test(text)
        ? Number.NaN
        : isOctal
          ? Number.parseInt(text, 8)
          : Number(text);
    return { kind: "number", value, position: node.from };
  }

  #selector(node: SyntaxNode): VectorSelector {
    const identifier = node.getChild("Identifier");
    const metric = identifier === null ? "" : this.#text(identifier);
    const matchers: Matcher[] = [];
    for (const child of children(node.getChild("LabelMatchers"))) {
      if (child.name !== "UnquotedLabelMatcher") throw unsupported("quoted label names");
      const matcher = this.#matcher(child);
      if (metric !== "" && matcher.name === METRIC_NAME) {
        const problem = `metric name must not be set twice: ${JSON.stringify(metric)} or ${JSON.stringify(matcher.value)}`;
        throw parseError(this.#query, node.from, problem);
      }
      matchers.push(matcher);
    }
    if (metric !== "") matchers.push(createMatcher(METRIC_NAME, "=", metric));
    if (matchers.every((matcher) => matcher.matches(""))) {
      throw parseError(this.#query, node.from, "vector selector must contain at least one non-empty matcher");
    }
    return { kind: "selector", matchers, shift: { offsetMs: 0 }, position: node.from };
  }

  #matcher(node: SyntaxNode): Matcher {
    const name = this.#text(this.#first(node));
    const operatorNode = node.getChild("MatchOp");
    const operator = (operatorNode === null ? "=" : this.#text(operatorNode)) as MatchOperator;
    try {
      return createMatcher(name, operator, this.#string(this.#last(node)));
    } catch (error) {
      if (error instanceof RegexpSyntaxError) throw parseError(this.#query, node.from, error.message);
      throw error;
    }
  }

  #call(node: SyntaxNode): Expression {
    const name = this.#text(this.#first(node));
    if (!signatures.has(name)) throw unsupported(`function ${JSON.stringify(name)}`);
    const args = children(node.getChild("FunctionCallBody")).map((child) => this.expression(child));
    return { kind: "call", name, args, position: node.from };
  }

  #aggregate(node: SyntaxNode): Expression {
    const name = this.#text(this.#first(node)).toLowerCase();
    if (!AGGREGATES.has(name)) throw unsupported(`aggregation ${JSON.stringify(name)}`);
    const modifier = node.getChild("AggregateModifier");
    const args = children(node.getChild("FunctionCallBody")).map((child) => this.expression(child));
    const expected = WITH_PARAMETER.has(name) ? 2 : 1;
    const inner = args.at(-1);
    if (args.length !== expected || inner === undefined) {
      const problem =
        args.length === 0
          ? "no arguments for aggregate expression provided"
          : `wrong number of arguments for aggregate expression provided, expected ${expected}, got ${args.length}`;
      throw parseError(this.#query, node.from, problem);
    }
    return {
      kind: "aggregate",
      operator: name as AggregateOperator,
      isWithout: modifier?.getChild("Without") != null,
      grouping: this.#grouping(modifier?.getChild("GroupingLabels") ?? null),
      parameter: expected === 2 ? args[0] : undefined,
      inner,
      position: node.from,
    };
  }

  #operator(node: SyntaxNode): BinaryOperator {
    const text = this.#text(node).toLowerCase();
    if (!(text in PRECEDENCE)) throw unsupported(`operator ${text}`);
    return text as BinaryOperator;
  }

  #binary(piece: Extract<Piece, { kind: "operator" }>, left: Expression, right: Expression): Expression {
    const { node, operator } = piece;
    if (node.getChild("FillModifier") !== null) throw unsupported("fill modifiers");
    return {
      kind: "binary",
      operator,
      left,
      right,
      isBool: node.getChild("BoolModifier") !== null,
      matching: this.#matching(node.getChild("MatchingModifierClause")),
      position: left.position,
    };
  }

  #matching(clause: SyntaxNode | null): VectorMatching {
    const many =
      clause?.getChild("GroupLeft") != null ? "left" : clause?.getChild("GroupRight") != null ? "right" : "none";
    const [labels = null, include = null] = clause?.getChildren("GroupingLabels") ?? [];
    return {
      isOn: clause?.getChild("On") != null,
      labels: this.#grouping(labels),
      many,
      include: this.#grouping(include),
    };
  }

  #grouping(node: SyntaxNode | null): string[] {
    return children(node).map((child) => {
      if (child.name !== "LabelName") throw unsupported("quoted label names");
      return this.#text(child);
    });
  }

  #postfix(expression: Expression, node: SyntaxNode): Expression {
    if (node.name === "MatrixSelector") {
      const bracket = this.#query.lastIndexOf("[", this.#last(node).from);
      return applyRange(this.#query, expression, this.#duration(this.#last(node)), bracket);
    }
    if (node.name === "SubqueryExpr") {
      const [range, step] = node.getChildren("DurationExpr");
      if (range === undefined) throw parseError(this.#query, node.to, "unexpected end of input");
      const stepMs = step === undefined ? undefined : this.#duration(step);
      return applySubquery(this.#query, expression, this.#duration(range), stepMs);
    }
    if (node.name === "OffsetExpr") {
      const duration = this.#last(node);
      return applyOffset(this.#query, expression, this.#signedDuration(duration));
    }
    const last = this.#last(node);
    if (last.name === "AtModifierPreprocessors") {
      return applyAt(this.#query, expression, last.getChild("AtStart") === null ? "end" : "start");
    }
    const literal = this.#number(last);
    const sign = this.#text(last).startsWith("-") ? -1 : 1;
    return applyAt(this.#query, expression, literal.kind === "number" ? sign * literal.value * 1000 : Number.NaN);
  }

  #duration(node: SyntaxNode): number {
    if (node.firstChild?.name !== "NumberDurationLiteralInDurationContext") throw unsupported("duration expressions");
    const durationMs = parseDurationMs(this.#text(node)) ?? 0;
    if (durationMs <= 0) throw parseError(this.#query, node.from, "duration must be greater than 0");
    return durationMs;
  }

  #signedDuration(node: SyntaxNode): number {
    const match = /^([+-]?)\s*(\w+)$/.exec(this.#text(node));
    const durationMs = match === null ? undefined : parseDurationMs(match[2] ?? "");
    if (durationMs === undefined) throw unsupported("duration expressions");
    return match?.[1] === "-" ? -durationMs : durationMs;
  }

  #string(node: SyntaxNode): string {
    const value = unquote(this.#text(node));
    if (value === undefined) throw parseError(this.#query, node.from, "unterminated or malformed string");
    return value;
  }

  #text(node: SyntaxNode): string {
    return this.#query.slice(node.from, node.to);
  }

  #first(node: SyntaxNode): SyntaxNode {
    if (node.firstChild === null) throw parseError(this.#query, node.from, "unexpected end of input");
    return node.firstChild;
  }

  #last(node: SyntaxNode): SyntaxNode {
    if (node.lastChild === null) throw parseError(this.#query, node.from, "unexpected end of input");
    return node.lastChild;
  }
}

/** Precedence climbing over the pieces of one parenthesis level. */
class Grouping {
  readonly #pieces: readonly Piece[];
  readonly #postfix: (expression: Expression, node: SyntaxNode) => Expression;
  readonly #binary: (piece: Extract<Piece, { kind: "operator" }>, left: Expression, right: Expression) => Expression;
  #at = 0;

  constructor(
    pieces: readonly Piece[],
    postfix: (expression: Expression, node: SyntaxNode) => Expression,
    binary: (piece: Extract<Piece, { kind: "operator" }>, left: Expression, right: Expression) => Expression,
  ) {
    this.#pieces = pieces;
    this.#postfix = postfix;
    this.#binary = binary;
  }

  parse(minimum = 0): Expression {
    let left = this.#operand();
    for (;;) {
      const piece = this.#pieces[this.#at];
      if (piece?.kind !== "operator" || PRECEDENCE[piece.operator] < minimum) return left;
      this.#at += 1;
      const isRightAssociative = piece.operator === "^";
      left = this.#binary(piece, left, this.parse(PRECEDENCE[piece.operator] + (isRightAssociative ? 0 : 1)));
    }
  }

  #operand(): Expression {
    const piece = this.#pieces[this.#at];
    this.#at += 1;
    if (piece?.kind === "sign") {
      const inner = this.parse(POWER); // a sign binds like multiplication: -2^2 is -(2^2)
      return { kind: "unary", operator: piece.operator, inner, position: piece.position };
    }
    if (piece?.kind !== "operand") throw unsupported("this arrangement of operators");
    let { expression } = piece;
    for (let next = this.#pieces[this.#at]; next?.kind === "postfix"; next = this.#pieces[this.#at]) {
      this.#at += 1;
      expression = this.#postfix(expression, next.node);
    }
    return expression;
  }
}

function children(node: SyntaxNode | null): SyntaxNode[] {
  const list: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) list.push(child);
  return list;
}
