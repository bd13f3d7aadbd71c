import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { AppError } from "../../errors.ts";

export type MatchOperator = "=" | "!=" | "=~" | "!~";
export type Matcher = { readonly label: string; readonly operator: MatchOperator; readonly value: string };

const OPERATORS: ReadonlySet<string> = new Set(["=", "!=", "=~", "!~"]);
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/**
 * The `selector` of a Prometheus block: a plain list of matchers such as `cluster="prod-us", env=~"a|b"`, nothing else.
 * Errors: `invalid-configuration`, naming the text.
 */
export function parseSelector(text: string): readonly Matcher[] {
  const inner = text.trim().replace(/^\{(.*)\}$/s, "$1");
  const source = `{${inner}\n}`; // the line break ends a comment, so that it cannot swallow the brace
  const selector = onlyChild(onlyChild(parser.parse(source).topNode, "VectorSelector"), "LabelMatchers");
  if (selector === null || selector.to !== source.length) throw refusal(text, "it must be a list of label matchers");
  const matchers: Matcher[] = [];
  for (const node of childrenOf(selector)) {
    const matcher = node.name === "UnquotedLabelMatcher" ? toMatcher(node, source) : null;
    if (matcher === null) throw refusal(text, 'each entry must look like label="value"');
    if (matcher.label === "__name__") throw refusal(text, "it may not choose metric names");
    matchers.push(matcher);
  }
  if (matchers.length === 0) throw refusal(text, "it is empty");
  return matchers;
}

/** `expr` with the matchers added to every vector selector, found in the syntax tree. What was there keeps applying. */
export function injectMatchers(expr: string, matchers: readonly Matcher[]): string {
  if (matchers.length === 0) return expr;
  const written = matchers.map(writeMatcher).join(",");
  const insertions: { readonly at: number; readonly text: string }[] = [];
  walk(parseExpression(expr), (node) => {
    if (node.name !== "VectorSelector") return;
    const list = node.getChild("LabelMatchers");
    if (list === null) insertions.push({ at: node.to, text: `{${written}}` });
    else insertions.push({ at: list.from + 1, text: childrenOf(list).length === 0 ? written : `${written},` });
  });
  let result = expr;
  for (const { at, text } of insertions.sort((a, b) => b.at - a.at)) {
    result = result.slice(0, at) + text + result.slice(at);
  }
  return result;
}

export type SelectorUse = {
  readonly name: string | null;
  readonly matchers: readonly Matcher[];
  /** Read over a time window, so each series costs many samples. */
  readonly isWindow: boolean;
};

/** Every vector selector of an expression: which series it reads, and whether over a window. */
export function listSelectors(expr: string): readonly SelectorUse[] {
  const uses: SelectorUse[] = [];
  walk(parseExpression(expr), (node) => {
    if (node.name !== "VectorSelector") return;
    const identifier = node.getChild("Identifier");
    const list = node.getChild("LabelMatchers");
    const matchers = (list === null ? [] : childrenOf(list)).flatMap((child) => toMatcher(child, expr) ?? []);
    uses.push({
      name: identifier === null ? null : expr.slice(identifier.from, identifier.to),
      matchers,
      isWindow: node.parent?.name === "MatrixSelector",
    });
  });
  return uses;
}

export function writeMatcher(matcher: Matcher): string {
  return `${matcher.label}${matcher.operator}${quote(matcher.value)}`;
}

/** A double-quoted PromQL string (Go rules). */
export function quote(value: string): string {
  let text = "";
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (character === "\\" || character === '"') text += `\\${character}`;
    else if (code < 0x20 || code === 0x7f) text += `\\u${code.toString(16).padStart(4, "0")}`;
    else text += character;
  }
  return `"${text}"`;
}

/** Escapes what means something in RE2, for exact alternatives in `=~`. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

export function parseExpression(expr: string): SyntaxNode {
  const top = parser.parse(expr).topNode;
  walk(top, (node) => {
    if (node.type.isError) throw new AppError("internal", "an expression of the catalogue does not parse");
  });
  return top;
}

function toMatcher(node: SyntaxNode, source: string): Matcher | null {
  const [label, operator, value, ...more] = childrenOf(node);
  if (label === undefined || operator === undefined || value === undefined || more.length > 0) return null;
  if (label.name !== "LabelName" || operator.name !== "MatchOp" || value.name !== "StringLiteral") return null;
  const sign = source.slice(operator.from, operator.to);
  const text = unquote(source.slice(value.from, value.to));
  if (!isOperator(sign) || text === null) return null;
  return { label: source.slice(label.from, label.to), operator: sign, value: text };
}

function isOperator(text: string): text is MatchOperator {
  return OPERATORS.has(text);
}

/** The value of a PromQL string literal; null when it is not closed or has an escape that Go does not know. */
export function unquote(literal: string): string | null {
  const mark = literal[0];
  if (literal.length < 2 || literal.at(-1) !== mark) return null;
  const body = literal.slice(1, -1);
  if (mark === "`") return body.replaceAll("\r", "");
  let text = "";
  for (let at = 0; at < body.length; at += 1) {
    const character = body[at] ?? "";
    if (character === mark || character === "\n") return null;
    if (character !== "\\") {
      text += character;
      continue;
    }
    const kind = body[at + 1] ?? "";
    const digits = kind === "x" ? 2 : kind === "u" ? 4 : kind === "U" ? 8 : 0;
    if (digits > 0) {
      const hex = body.slice(at + 2, at + 2 + digits);
      const code = Number.parseInt(hex, 16);
      const isHex = new RegExp(`^[0-9a-fA-F]{${digits}}$`).test(hex);
      if (!isHex || code > 0x10ffff || (kind === "x" && code > 0x7f)) return null;
      text += String.fromCodePoint(code);
      at += 1 + digits;
      continue;
    }
    const simple = SIMPLE_ESCAPES[kind];
    if (simple === undefined || ((kind === "'" || kind === '"') && kind !== mark)) return null;
    text += simple;
    at += 1;
  }
  return text;
}

function onlyChild(node: SyntaxNode | null, name: string): SyntaxNode | null {
  const children = node === null ? [] : childrenOf(node);
  const [child] = children;
  return children.length === 1 && child?.name === name ? child : null;
}

/** Children without comments. */
function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== "LineComment") children.push(child);
  }
  return children;
}

function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node);
  for (let child = node.firstChild; child !== null; child = child.nextSibling) walk(child, visit);
}

function refusal(text: string, why: string): AppError {
  return new AppError("invalid-configuration", `prometheus.selector ${JSON.stringify(text)}: ${why}`, {
    field: "prometheus.selector",
  });
}
