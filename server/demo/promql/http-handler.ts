import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { RegexpSyntaxError } from "./go-regexp.ts";
import { type Authentication, isAuthorized, readParameters, sendBody } from "./http-request.ts";
import {
  badParameter,
  durationParameter,
  labelsJson,
  limitParameter,
  optionalTimeParameter,
  resultJson,
  timeParameter,
} from "./http-values.ts";
import { isLabelName, type Labels } from "./labels.ts";
import type { Matcher } from "./matcher.ts";
import { parseMatchers } from "./parse-query.ts";
import { PromqlError, type PromqlErrorType } from "./promql-error.ts";
import { type QueryAnswer, type QueryOptions, runInstantQuery, runRangeQuery } from "./run-query.ts";
import type { SeriesSource } from "./series-source.ts";
import { tsdbStatus } from "./tsdb-status.ts";

export interface PrometheusHandlerOptions {
  readonly source: SeriesSource;
  /** Wall clock in ms: the default of `time`. */
  readonly now: () => number;
  readonly authentication?: Authentication;
  /** Members of /api/v1/targets `activeTargets`, in Prometheus' shape. */
  readonly targets?: () => readonly Readonly<Record<string, unknown>>[];
  readonly buildInfo?: Readonly<Record<string, string>>;
  /** Default 5 minutes. */
  readonly lookbackMs?: number;
  /** Step of subqueries that name none; default 1 minute. */
  readonly evaluationIntervalMs?: number;
  /** Default 50 million, as Prometheus. */
  readonly maxSamples?: number;
  /** Default 2 minutes; a request's `timeout` can only shorten it. */
  readonly queryTimeoutMs?: number;
}

const JSON_TYPE = "application/json";
const TEXT_TYPE = "text/plain; charset=utf-8";
const MAX_INTERVALS = 11_000;

const STATUS: Readonly<Record<PromqlErrorType, number>> = {
  bad_data: 400,
  execution: 422,
  canceled: 499,
  timeout: 503,
  internal: 500,
  not_found: 404,
};

const BUILD_INFO = {
  version: "2.42.0",
  revision: "demo",
  branch: "demo",
  buildUser: "demo",
  buildDate: "20230131-00:00:00",
  goVersion: "none",
};

/** `data` of an answer as JSON text, and whether `limit` cut it. */
interface Answer {
  readonly json: string;
  readonly warnings?: readonly string[];
}

type Endpoint = (parameters: URLSearchParams, signal: AbortSignal) => Promise<Answer> | Answer;

/** The Prometheus HTTP API over a source of series: mount it with `createServer(createPrometheusHandler(options))`. */
export function createPrometheusHandler(options: PrometheusHandlerOptions): RequestListener {
  const api = new PrometheusApi(options);
  return (request, response) => {
    api.handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendBody(request, response, 500, TEXT_TYPE, `${String(error)}\n`);
      else response.destroy();
    });
  };
}

class PrometheusApi {
  readonly #options: PrometheusHandlerOptions;
  readonly #startedMs: number;
  readonly #endpoints: ReadonlyMap<string, { readonly takesPost: boolean; readonly answer: Endpoint }>;

  constructor(options: PrometheusHandlerOptions) {
    this.#options = options;
    this.#startedMs = options.now();
    const get = (answer: Endpoint) => ({ takesPost: false, answer });
    const both = (answer: Endpoint) => ({ takesPost: true, answer });
    this.#endpoints = new Map([
      ["query", both((parameters, signal) => this.#query(parameters, signal))],
      ["query_range", both((parameters, signal) => this.#queryRange(parameters, signal))],
      ["series", both((parameters) => this.#series(parameters))],
      ["labels", both((parameters) => this.#labels(parameters))],
      ["metadata", get((parameters) => this.#metadata(parameters))],
      ["targets", get((parameters) => this.#targets(parameters))],
      ["status/buildinfo", get(() => json(options.buildInfo ?? BUILD_INFO))],
      ["status/runtimeinfo", get(() => json(this.#runtimeInfo()))],
      ["status/tsdb", get((parameters) => json(this.#tsdb(parameters)))],
    ]);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authentication } = this.#options;
    if (authentication !== undefined && !isAuthorized(request, authentication)) {
      response.setHeader("www-authenticate", authentication.kind === "bearer" ? "Bearer" : "Basic");
      sendBody(request, response, 401, TEXT_TYPE, "Unauthorized\n");
      return;
    }
    const url = new URL(request.url ?? "/", "http://prometheus");
    const method = request.method ?? "GET";
    if (url.pathname === "/-/healthy" || url.pathname === "/-/ready") {
      const word = url.pathname === "/-/healthy" ? "Healthy" : "Ready";
      sendBody(request, response, 200, TEXT_TYPE, `Prometheus Server is ${word}.\n`);
      return;
    }
    const endpoint = this.#find(url.pathname);
    if (endpoint === undefined) {
      sendBody(request, response, 404, TEXT_TYPE, "404 page not found\n");
    } else if (method !== "GET" && !(method === "POST" && endpoint.takesPost)) {
      response.setHeader("allow", endpoint.takesPost ? "GET, OPTIONS, POST" : "GET, OPTIONS");
      sendBody(request, response, 405, TEXT_TYPE, "Method Not Allowed\n");
    } else {
      await answerRequest(request, response, url, endpoint.answer);
    }
  }

  #find(path: string): { readonly takesPost: boolean; readonly answer: Endpoint } | undefined {
    if (!path.startsWith("/api/v1/")) return undefined;
    const rest = path.slice("/api/v1/".length);
    const label = /^label\/([^/]+)\/values$/.exec(rest)?.[1];
    if (label === undefined) return this.#endpoints.get(rest);
    return { takesPost: false, answer: (parameters) => this.#labelValues(decodeURIComponent(label), parameters) };
  }

  async #query(parameters: URLSearchParams, signal: AbortSignal): Promise<Answer> {
    const limit = limitParameter(parameters, "limit");
    const atMs = optionalTimeParameter(parameters, "time", this.#options.now());
    const options = this.#queryOptions(parameters, signal);
    const query = parameters.get("query") ?? "";
    return this.#timed(parameters, limit, () => runInstantQuery(this.#options.source, query, atMs, options));
  }

  async #queryRange(parameters: URLSearchParams, signal: AbortSignal): Promise<Answer> {
    const limit = limitParameter(parameters, "limit");
    const startMs = timeParameter(parameters, "start");
    const endMs = timeParameter(parameters, "end");
    if (endMs < startMs) throw badParameter("end", "end timestamp must not be before start time");
    const stepMs = durationParameter(parameters, "step");
    if (stepMs <= 0) {
      const problem = "zero or negative query resolution step widths are not accepted. Try a positive integer";
      throw badParameter("step", problem);
    }
    if (Math.floor((endMs - startMs) / stepMs) > MAX_INTERVALS) {
      const problem = "exceeded maximum resolution of 11,000 points per timeseries.";
      throw new PromqlError("bad_data", `${problem} Try decreasing the query resolution (?step=XX)`);
    }
    const range = { startMs, endMs, stepMs: Math.max(1, Math.floor(stepMs)) };
    const options = this.#queryOptions(parameters, signal);
    const query = parameters.get("query") ?? "";
    return this.#timed(parameters, limit, () => runRangeQuery(this.#options.source, query, range, options));
  }

  #queryOptions(parameters: URLSearchParams, signal: AbortSignal): QueryOptions {
    const { lookbackMs = 300_000, evaluationIntervalMs = 60_000, maxSamples = 50_000_000 } = this.#options;
    const { queryTimeoutMs = 120_000 } = this.#options;
    const wanted = parameters.has("timeout") ? durationParameter(parameters, "timeout") : queryTimeoutMs;
    const lookback = parameters.has("lookback_delta") ? durationParameter(parameters, "lookback_delta") : lookbackMs;
    return {
      lookbackMs: lookback,
      subqueryStepMs: evaluationIntervalMs,
      maxSamples,
      deadlineMs: performance.now() + Math.min(wanted, queryTimeoutMs),
      signal,
      now: () => performance.now(),
    };
  }

  async #timed(parameters: URLSearchParams, limit: number, run: () => Promise<QueryAnswer>): Promise<Answer> {
    const startedAt = performance.now();
    let answer: QueryAnswer;
    try {
      answer = await run();
    } catch (error) {
      // Prometheus prefixes what is wrong with the query itself, not what went wrong while it ran.
      if (error instanceof PromqlError && error.errorType === "bad_data") throw badParameter("query", error.message);
      throw error;
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const { result, warnings } = limitResult(answer, limit);
    const stats = parameters.get("stats") ? `,"stats":${statsJson(answer, seconds)}` : "";
    return { json: `{${resultJson(result)}${stats}}`, ...warnings };
  }

  #series(parameters: URLSearchParams): Answer {
    if (!parameters.has("match[]")) throw new PromqlError("bad_data", "no match[] parameter provided");
    const limit = limitParameter(parameters, "limit");
    const found = [...new Map(this.#matching(parameters).map((labels) => [labels.key, labels])).values()];
    const { list, warnings } = cut(found, limit);
    return { json: `[${list.map(labelsJson).join(",")}]`, ...warnings };
  }

  #labels(parameters: URLSearchParams): Answer {
    const { fromMs, toMs } = bounds(parameters);
    const names = parameters.has("match[]")
      ? [...new Set(this.#matching(parameters).flatMap((labels) => labels.names))].sort()
      : this.#options.source.labelNames(fromMs, toMs);
    const { list, warnings } = cut(names, limitParameter(parameters, "limit"));
    return { json: JSON.stringify(list), ...warnings };
  }

  #labelValues(name: string, parameters: URLSearchParams): Answer {
    if (!isLabelName(name)) throw new PromqlError("bad_data", `invalid label name: ${JSON.stringify(name)}`);
    const { fromMs, toMs } = bounds(parameters);
    const values = parameters.has("match[]")
      ? [...new Set(this.#matching(parameters).map((labels) => labels.get(name)))]
          .filter((value) => value !== "")
          .sort()
      : this.#options.source.labelValues(name, fromMs, toMs);
    const { list, warnings } = cut(values, limitParameter(parameters, "limit"));
    return { json: JSON.stringify(list), ...warnings };
  }

  #matching(parameters: URLSearchParams): Labels[] {
    const { fromMs, toMs } = bounds(parameters);
    const selectors: (readonly Matcher[])[] = parameters.getAll("match[]").map((text) => {
      try {
        return parseMatchers(text);
      } catch (error) {
        if (error instanceof PromqlError && error.errorType === "bad_data")
          throw badParameter("match[]", error.message);
        throw error;
      }
    });
    return selectors.flatMap((matchers) =>
      [...this.#options.source.select(matchers, fromMs, toMs)].map((series) => series.labels),
    );
  }

  #metadata(parameters: URLSearchParams): Answer {
    const metadata = this.#options.source.metadata();
    const wanted = parameters.get("metric") ?? "";
    const { list } = cut(
      [...metadata].filter(([name]) => wanted === "" || name === wanted),
      limitParameter(parameters, "limit"),
    );
    return json(
      Object.fromEntries(
        list.map(([name, entries]) => [name, entries.map(({ type, help, unit }) => ({ type, help, unit }))]),
      ),
    );
  }

  #targets(parameters: URLSearchParams): Answer {
    const state = (parameters.get("state") ?? "").toLowerCase();
    const activeTargets = state === "dropped" ? [] : (this.#options.targets?.() ?? []);
    return json({ activeTargets, droppedTargets: [] });
  }

  #runtimeInfo() {
    const startTime = new Date(this.#startedMs).toISOString();
    return {
      startTime,
      CWD: "/",
      reloadConfigSuccess: true,
      lastConfigTime: startTime,
      corruptionCount: 0,
      goroutineCount: 1,
      GOMAXPROCS: 1,
      GOGC: "",
      GODEBUG: "",
      storageRetention: "30d",
    };
  }

  #tsdb(parameters: URLSearchParams) {
    return tsdbStatus(this.#options.source, this.#options.now(), limitParameter(parameters, "limit") || 10);
  }
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  endpoint: Endpoint,
): Promise<void> {
  const abort = new AbortController();
  response.once("close", () => abort.abort());
  try {
    const { json: data, warnings } = await endpoint(await readParameters(request, url), abort.signal);
    const extra = warnings === undefined ? "" : `,"warnings":${JSON.stringify(warnings)}`;
    sendBody(request, response, 200, JSON_TYPE, `{"status":"success","data":${data}${extra}}`);
  } catch (error) {
    const { errorType, message } = toFailure(error);
    const body = JSON.stringify({ status: "error", errorType, error: message });
    sendBody(request, response, STATUS[errorType], JSON_TYPE, body);
  }
}

function toFailure(error: unknown): PromqlError {
  if (error instanceof PromqlError) return error;
  if (error instanceof RegexpSyntaxError) return new PromqlError("bad_data", error.message);
  return new PromqlError("internal", error instanceof Error ? error.message : String(error));
}

function json(value: unknown): Answer {
  return { json: JSON.stringify(value) };
}

const TRUNCATED = { warnings: ["results truncated due to limit"] };

function cut<T>(list: readonly T[], limit: number): { list: readonly T[]; warnings?: { warnings: string[] } } {
  return limit > 0 && list.length > limit ? { list: list.slice(0, limit), warnings: TRUNCATED } : { list };
}

function limitResult({ result }: QueryAnswer, limit: number) {
  if (result.type === "vector" || result.type === "matrix") {
    if (limit > 0 && result.rows.length > limit) {
      const rows = result.rows.slice(0, limit);
      return { result: { ...result, rows } as typeof result, warnings: TRUNCATED };
    }
  }
  return { result };
}

function bounds(parameters: URLSearchParams): { fromMs: number; toMs: number } {
  return {
    fromMs: optionalTimeParameter(parameters, "start", -Infinity),
    toMs: optionalTimeParameter(parameters, "end", Infinity),
  };
}

/** Timings other than the whole are not taken apart: evaluation is all there is. */
function statsJson({ totalQueryableSamples, peakSamples }: QueryAnswer, seconds: number): string {
  return JSON.stringify({
    timings: {
      evalTotalTime: seconds,
      resultSortTime: 0,
      queryPreparationTime: 0,
      innerEvalTime: seconds,
      execQueueTime: 0,
      execTotalTime: seconds,
    },
    samples: { totalQueryableSamples, peakSamples },
  });
}
