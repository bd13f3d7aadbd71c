import type { Labels } from "../../domain/snapshot.ts";
import { malformed } from "./source-error.ts";

/** Lines longer than this are dropped and counted: the longest honest ones are a few kilobytes. */
const LINE_LIMIT_BYTES = 256 * 1024;
const NEWLINE = 10;
const BRACE = 123;
const SPACE = 32;
const TAB = 9;
const HASH = 35;

export type MetricSample = { readonly name: string; readonly labels: Labels; readonly value: number };
export type MetricsPageSummary = {
  /** Samples seen, wanted or not. */
  readonly sampleCount: number;
  /** Wanted samples that could not be read, and lines above the limit. */
  readonly malformedCount: number;
};

/**
 * Reads a page in Prometheus text format (and tolerates OpenMetrics: exemplars, `# EOF`) as it arrives.
 *
 * Memory does not grow with the page: a chunk and the beginning of one line are held. Only lines whose metric is in `wanted`
 * are taken apart. `visit` returns `false` to stop early. Values may be NaN or infinite: the caller decides.
 * Errors: SourceError `malformed` when the page holds no sample at all (an empty body, a web page).
 */
export async function parseMetricsPage(
  chunks: AsyncIterable<Uint8Array>,
  wanted: ReadonlySet<string>,
  visit: (sample: MetricSample) => unknown,
): Promise<MetricsPageSummary> {
  const page = new PageReader(wanted, visit);
  for await (const chunk of chunks) {
    if (!page.take(chunk)) return page.summary();
  }
  page.end();
  const summary = page.summary();
  if (summary.sampleCount === 0) throw malformed("the answer holds no metrics");
  return summary;
}

class PageReader {
  readonly #wanted: ReadonlySet<string>;
  readonly #visit: (sample: MetricSample) => unknown;
  #rest: Buffer = Buffer.alloc(0);
  #isSkippingLine = false;
  #sampleCount = 0;
  #malformedCount = 0;
  // Metrics come in families: most lines repeat the name before them, and need no new string to be judged.
  #lastName = "";
  #isLastWanted = false;

  constructor(wanted: ReadonlySet<string>, visit: (sample: MetricSample) => unknown) {
    this.#wanted = wanted;
    this.#visit = visit;
  }

  summary(): MetricsPageSummary {
    return { sampleCount: this.#sampleCount, malformedCount: this.#malformedCount };
  }

  /** False when the visitor has seen enough. */
  take(chunk: Uint8Array): boolean {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#isSkippingLine) {
      const end = bytes.indexOf(NEWLINE);
      if (end === -1) return true;
      bytes = bytes.subarray(end + 1);
      this.#isSkippingLine = false;
    }
    const last = bytes.lastIndexOf(NEWLINE);
    if (last === -1) {
      this.#keep(bytes);
      return true;
    }
    const text = Buffer.concat([this.#rest, bytes.subarray(0, last)]).toString("utf8");
    this.#rest = Buffer.alloc(0);
    this.#keep(bytes.subarray(last + 1));
    return this.#readLines(text);
  }

  end(): void {
    if (this.#rest.byteLength > 0) this.#readLines(this.#rest.toString("utf8"));
  }

  #keep(bytes: Buffer): void {
    if (this.#rest.byteLength + bytes.byteLength > LINE_LIMIT_BYTES) {
      this.#rest = Buffer.alloc(0);
      this.#isSkippingLine = true;
      this.#malformedCount += 1;
      return;
    }
    this.#rest = Buffer.concat([this.#rest, bytes]); // a copy: the chunk belongs to the stream
  }

  #readLines(text: string): boolean {
    let start = 0;
    while (start < text.length) {
      let end = text.indexOf("\n", start);
      if (end === -1) end = text.length;
      if (end > start && text.charCodeAt(start) !== HASH && !this.#readLine(text, start, end)) return false;
      start = end + 1;
    }
    return true;
  }

  #readLine(text: string, start: number, end: number): boolean {
    const nameEnd = this.#nameEnd(text, start, end);
    if (nameEnd === start || nameEnd === end) return true; // blank, or no value: not a sample
    if (!this.#isLastWanted) {
      this.#sampleCount += isSampleStart(text.charCodeAt(start)) ? 1 : 0;
      return true;
    }
    const sample = end - start > LINE_LIMIT_BYTES ? null : parseSample(this.#lastName, text.slice(nameEnd, end));
    if (sample === null) {
      this.#malformedCount += 1;
      return true;
    }
    this.#sampleCount += 1;
    return this.#visit(sample) !== false;
  }

  #nameEnd(text: string, start: number, end: number): number {
    const likely = start + this.#lastName.length;
    if (
      likely < end &&
      this.#lastName !== "" &&
      text.startsWith(this.#lastName, start) &&
      isNameEnd(text.charCodeAt(likely))
    ) {
      return likely;
    }
    let at = start;
    while (at < end && !isNameEnd(text.charCodeAt(at))) at += 1;
    this.#lastName = text.slice(start, at);
    this.#isLastWanted = this.#wanted.has(this.#lastName);
    return at;
  }
}

function isNameEnd(code: number): boolean {
  return code === BRACE || code === SPACE || code === TAB;
}

/** Letters, `_`, `:` – and `{`, with which quoted names begin. HTML begins with `<`. */
function isSampleStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 58 || code === BRACE;
}

/** `{a="b"} 1 1700000000 # exemplar` behind the name. Kept texts are copies, so that no chunk outlives its reading. */
function parseSample(name: string, rest: string): MetricSample | null {
  const labels: Record<string, string> = {};
  let at = 0;
  while (rest.charCodeAt(at) === SPACE || rest.charCodeAt(at) === TAB) at += 1;
  if (rest.charCodeAt(at) === BRACE) {
    at = readLabels(rest, at + 1, labels);
    if (at === -1) return null;
  }
  const match = /^[ \t]*([^ \t\r#]+)/.exec(rest.slice(at));
  const value = match?.[1] === undefined ? null : parseSampleValue(match[1]);
  return value === null ? null : { name: copyOf(name), labels, value };
}

/** Fills `labels`, returns the position behind `}` or -1 when the block is broken. */
function readLabels(rest: string, from: number, labels: Record<string, string>): number {
  let at = from;
  for (;;) {
    while (rest[at] === " " || rest[at] === "," || rest[at] === "\t") at += 1;
    if (rest[at] === "}") return at + 1;
    const equals = rest.indexOf("=", at);
    if (equals === -1) return -1;
    const key = rest.slice(at, equals).trim();
    let open = equals + 1;
    while (rest[open] === " ") open += 1;
    if (rest[open] !== '"' || key === "") return -1;
    const close = closingQuote(rest, open + 1);
    if (close === -1) return -1;
    labels[copyOf(key)] = unescapeLabel(rest.slice(open + 1, close));
    at = close + 1;
  }
}

function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === 34) return at;
  }
  return -1;
}

function unescapeLabel(raw: string): string {
  if (!raw.includes("\\")) return copyOf(raw);
  return copyOf(
    raw.replace(/\\(.)/gs, (whole, escaped: string) =>
      escaped === "n" ? "\n" : escaped === '"' || escaped === "\\" ? escaped : whole,
    ),
  );
}

function parseSampleValue(text: string): number | null {
  switch (text.toLowerCase()) {
    case "nan":
      return Number.NaN;
    case "inf":
    case "+inf":
    case "infinity":
    case "+infinity":
      return Number.POSITIVE_INFINITY;
    case "-inf":
    case "-infinity":
      return Number.NEGATIVE_INFINITY;
    default:
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
  }
}

const COPIES_LIMIT = 50_000;
const copies = new Map<string, string>();

/**
 * A string of its own. What `slice` returns keeps the whole chunk alive, and one kept label per chunk would keep the page.
 * Names and label values repeat between pages, so the copies are shared; the bound guards against hostile pages.
 */
function copyOf(text: string): string {
  const known = copies.get(text);
  if (known !== undefined) return known;
  const copy = Buffer.from(text, "utf8").toString("utf8");
  if (copies.size >= COPIES_LIMIT) copies.clear();
  if (copy.length <= 256) copies.set(copy, copy);
  return copy;
}
