import type { Tree } from "@lezer/common";
import { parseDurationMs } from "./go-text.ts";
import { type PromqlError, parseError } from "./promql-error.ts";

const WORD = /^[A-Za-z_:][\w:]*/;

/**
 * The first problem of a query in Prometheus' words, or undefined when the grammar accepts it. The grammar is newer
 * than 2.42: plain numbers as ranges ("[300]") and durations as numbers are refused here as 2.42 refuses them.
 */
export function findSyntaxError(query: string, tree: Tree): PromqlError | undefined {
  if (query.replace(/#[^\n]*/g, "").trim() === "") return parseError(query, 0, "no expression found in input");
  let problem: PromqlError | undefined;
  let at = Infinity;
  const report = (offset: number, message: string) => {
    if (offset < at) {
      at = offset;
      problem = parseError(query, offset, message);
    }
  };
  tree.iterate({
    enter(node) {
      if (node.type.isError) report(...describeError(query, node.from));
      else if (node.name === "NumberDurationLiteral") checkNumber(query, node.from, node.to, report);
      else if (node.name === "NumberDurationLiteralInDurationContext") checkDuration(query, node.from, node.to, report);
    },
  });
  return problem;
}

type Report = (offset: number, message: string) => void;

function checkNumber(query: string, from: number, to: number, report: Report): void {
  const text = query.slice(from, to).replace(/^[+-]\s*/, "");
  if (/[ywdhms]$/.test(text) && !/^0x/i.test(text)) report(from, `unexpected duration ${JSON.stringify(text)}`);
  else if (text.includes("_")) report(from, `bad number or duration syntax: ${JSON.stringify(text.split("_")[0])}`);
}

function checkDuration(query: string, from: number, to: number, report: Report): void {
  const text = query.slice(from, to);
  const next = /^[\w.]*/.exec(query.slice(to))?.[0] ?? "";
  if (!/[ywdhms]$/.test(text)) {
    report(from, next === "" ? "missing unit character in duration" : `bad duration syntax: "${text}${next}"`);
  } else if (next !== "" || parseDurationMs(text) === undefined) {
    report(from, `bad duration syntax: "${text}${next}"`);
  }
}

function describeError(query: string, from: number): [offset: number, message: string] {
  const offset = from + (/^\s*/.exec(query.slice(from))?.[0].length ?? 0);
  const rest = query.slice(offset);
  const open = unclosed(query.slice(0, offset));
  if (rest === "" || rest.startsWith("#")) {
    if (open === "{") return [query.length, "unexpected end of input inside braces"];
    return [query.length, open === "(" ? "unclosed left parenthesis" : "unexpected end of input"];
  }
  if (rest.startsWith("(")) {
    const name = /([A-Za-z_:][\w:]*)\s*$/.exec(query.slice(0, offset));
    if (name !== null) return [name.index, `unknown function with name ${JSON.stringify(name[1])}`];
  }
  const word = WORD.exec(rest)?.[0];
  if (word !== undefined) return [offset, `unexpected identifier ${JSON.stringify(word)}`];
  const number = /^[\d.]+\w*/.exec(rest)?.[0];
  if (number !== undefined) return [offset, `unexpected number ${JSON.stringify(number)}`];
  if (rest.startsWith(")") && open !== "(") return [offset + 1, "unexpected right parenthesis ')'"];
  const place = open === "{" ? " in label matching" : "";
  return [offset, `unexpected ${JSON.stringify(rest[0])}${place}`];
}

/** The innermost bracket still open at the end of the text; strings are skipped. */
function unclosed(text: string): string | undefined {
  const open: string[] = [];
  for (const [token] of text.matchAll(/"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|`[^`]*`?|[()[\]{}]/g)) {
    if ("([{".includes(token)) open.push(token);
    else if (token.length === 1) open.pop();
  }
  return open.at(-1);
}
