import type { Labels } from "../../domain/snapshot.ts";
import { fromApiError, fromStatus, notPrometheus, PrometheusError } from "./prometheus-error.ts";

export type InstantSample = { readonly labels: Labels; readonly value: number };
/** `points`: moment in epoch seconds and value, oldest first. */
export type RangeSeries = { readonly labels: Labels; readonly points: readonly (readonly [number, number])[] };

export type ParsedAnswer<T> = {
  readonly data: readonly T[];
  /** Samples that said NaN: the source looked and had no value. They are not in `data`. */
  readonly noValueCount: number;
  /** Items that did not have the documented shape; skipped. */
  readonly malformedCount: number;
  /** Why the answer may be incomplete (a store missing, a limit hit), else null. */
  readonly partial: string | null;
};

/** Sample values are strings; `Number("+Inf")` is NaN in JavaScript, so infinities are named. NaN means "no value": null. */
export function parseSampleValue(text: unknown): number | null | "malformed" {
  if (typeof text !== "string") return "malformed";
  if (text === "NaN") return null;
  if (text === "+Inf" || text === "Inf") return Number.POSITIVE_INFINITY;
  if (text === "-Inf") return Number.NEGATIVE_INFINITY;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isNaN(value) ? "malformed" : value;
}

export function parseInstant(status: number, contentType: string, text: string): ParsedAnswer<InstantSample> {
  const { data, partial } = openEnvelope(status, contentType, text);
  if (!isRecord(data)) throw notPrometheus("no data");
  if (data.resultType === "scalar") return parseVector([{ metric: {}, value: data.result }], partial);
  if (data.resultType !== "vector" || !Array.isArray(data.result)) throw notPrometheus("no vector");
  return parseVector(data.result, partial);
}

function parseVector(items: readonly unknown[], partial: string | null): ParsedAnswer<InstantSample> {
  const samples: InstantSample[] = [];
  let noValueCount = 0;
  let malformedCount = 0;
  for (const item of items) {
    const labels = isRecord(item) ? toLabels(item.metric) : null;
    const pair = isRecord(item) ? item.value : null;
    const value = Array.isArray(pair) ? parseSampleValue(pair[1]) : "malformed";
    if (labels === null || value === "malformed") malformedCount += 1;
    else if (value === null) noValueCount += 1;
    else samples.push({ labels, value });
  }
  return { data: samples, noValueCount, malformedCount, partial };
}

export function parseRange(status: number, contentType: string, text: string): ParsedAnswer<RangeSeries> {
  const { data, partial } = openEnvelope(status, contentType, text);
  if (!isRecord(data) || data.resultType !== "matrix" || !Array.isArray(data.result)) {
    throw notPrometheus("no matrix");
  }
  const series: RangeSeries[] = [];
  let noValueCount = 0;
  let malformedCount = 0;
  for (const item of data.result) {
    const labels = isRecord(item) ? toLabels(item.metric) : null;
    const pairs = isRecord(item) ? item.values : null;
    if (labels === null || !Array.isArray(pairs)) {
      malformedCount += 1;
      continue;
    }
    const points: [number, number][] = [];
    for (const pair of pairs) {
      const at: unknown = Array.isArray(pair) ? pair[0] : null;
      const value = Array.isArray(pair) ? parseSampleValue(pair[1]) : "malformed";
      if (typeof at !== "number" || value === "malformed") malformedCount += 1;
      else if (value === null) noValueCount += 1;
      else points.push([at, value]);
    }
    series.push({ labels, points });
  }
  return { data: series, noValueCount, malformedCount, partial };
}

/** The envelope every look-alike shares. Throws a PrometheusError for anything but a success. */
export function openEnvelope(
  status: number,
  contentType: string,
  text: string,
): { readonly data: unknown; readonly partial: string | null } {
  if (status >= 300 && status < 400) throw fromStatus(status);
  const looksLikeHtml = contentType.includes("text/html") || text.trimStart().startsWith("<");
  if (looksLikeHtml) throw status >= 200 && status < 300 ? notPrometheus("HTML") : fromStatus(status);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    if (status < 200 || status >= 300) throw fromStatus(status);
    throw new PrometheusError("malformed", "the answer broke off or is no JSON", { cause });
  }
  if (!isRecord(body)) throw notPrometheus("no envelope");
  if (body.status === "error") {
    throw fromApiError(status, textOf(body.errorType), textOf(body.error));
  }
  if (status < 200 || status >= 300) throw fromStatus(status);
  if (body.status !== "success") throw notPrometheus("no status");
  return { data: body.data, partial: partialOf(body.warnings) };
}

/**
 * Warnings mean that stores were missing or a limit cut the answer. Remarks on the query are not that: Prometheus 2.5x
 * writes its infos into the same list, with a prefix of their own.
 */
function partialOf(warnings: unknown): string | null {
  if (!Array.isArray(warnings)) return null;
  const real = warnings.filter((warning) => typeof warning === "string" && !warning.startsWith("PromQL info:"));
  if (real.length === 0) return null;
  const isCut = real.some((warning) => /truncated|limit/i.test(String(warning)));
  return isCut ? "the server cut the answer at a limit" : "the server warns that its answer may be incomplete";
}

function toLabels(metric: unknown): Labels | null {
  if (!isRecord(metric)) return null;
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(metric)) if (typeof value === "string") labels[name] = value;
  return labels;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
