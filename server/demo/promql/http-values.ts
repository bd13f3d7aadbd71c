import { formatFloat, formatFloatPlain, parseDurationMs } from "./go-text.ts";
import type { Labels } from "./labels.ts";
import { PromqlError } from "./promql-error.ts";
import type { QueryResult } from "./run-query.ts";

/** Reads parameters as Prometheus does and writes results in its JSON. */

export function badParameter(name: string, problem: string): PromqlError {
  return new PromqlError("bad_data", `invalid parameter ${JSON.stringify(name)}: ${problem}`);
}

/** Unix seconds with decimals or RFC 3339 → ms, undefined when it is neither. */
function parseTimeMs(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Math.round(Number(text) * 1000);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A required moment. */
export function timeParameter(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? "";
  const ms = parseTimeMs(text);
  if (ms === undefined) throw badParameter(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`);
  return ms;
}

/** A moment with a default. */
export function optionalTimeParameter(parameters: URLSearchParams, name: string, otherwiseMs: number): number {
  const text = parameters.get(name);
  if (text === null || text === "") return otherwiseMs;
  const ms = parseTimeMs(text);
  if (ms !== undefined) return ms;
  const problem = `Invalid time value for '${name}': cannot parse ${JSON.stringify(text)} to a valid timestamp`;
  throw badParameter(name, problem);
}

/** A length in ms, written as seconds or as a duration. */
export function durationParameter(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? "";
  const ms = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) * 1000 : parseDurationMs(text);
  if (ms === undefined) throw badParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration`);
  return ms;
}

/** A count; 0 when absent, which means "no limit". */
export function limitParameter(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? "0";
  const limit = /^\d+$/.test(text === "" ? "0" : text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(limit)) throw badParameter(name, `cannot parse ${JSON.stringify(text)} to a valid limit`);
  return limit;
}

/** ms → JSON number of seconds, with three decimals when it has any. */
export function timeJson(ms: number): string {
  const whole = Math.trunc(ms / 1000);
  const fraction = Math.abs(Math.round(ms - whole * 1000));
  return fraction === 0 ? String(whole) : `${whole}.${String(fraction).padStart(3, "0")}`;
}

export function labelsJson(labels: Labels): string {
  return JSON.stringify(labels.toRecord());
}

/** {"resultType":…,"result":…} without the braces; samples are strings. Scalars never use an exponent. */
export function resultJson(result: QueryResult): string {
  return `"resultType":"${result.type}","result":${resultBody(result)}`;
}

function resultBody(result: QueryResult): string {
  switch (result.type) {
    case "scalar":
      return `[${timeJson(result.atMs)},"${formatFloatPlain(result.value)}"]`;
    case "string":
      return `[${timeJson(result.atMs)},${JSON.stringify(result.value)}]`;
    case "vector": {
      const time = timeJson(result.atMs);
      const rows = result.rows.map(
        ({ labels, value }) => `{"metric":${labelsJson(labels)},"value":[${time},"${formatFloat(value)}"]}`,
      );
      return `[${rows.join(",")}]`;
    }
    case "matrix": {
      const rows = result.rows.map(({ labels, timesMs, values }) => {
        const samples = timesMs.map((time, index) => `[${timeJson(time)},"${formatFloat(values[index] ?? 0)}"]`);
        return `{"metric":${labelsJson(labels)},"values":[${samples.join(",")}]}`;
      });
      return `[${rows.join(",")}]`;
    }
  }
}
