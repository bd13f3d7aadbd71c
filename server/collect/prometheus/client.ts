import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { Agent, type Dispatcher, request } from "undici";
import { guardedConnector, type OutboundGuard, SOURCE_GUARD } from "../../outbound-guard.ts";
import {
  type InstantSample,
  openEnvelope,
  type ParsedAnswer,
  parseInstant,
  parseRange,
  type RangeSeries,
} from "./parse-answer.ts";
import { fromStatus, fromTransportError, PrometheusError } from "./prometheus-error.ts";
import type { QueryBudget } from "./query-budget.ts";
import { injectMatchers, type Matcher, parseSelector } from "./selector.ts";

const gunzipAsync = promisify(gunzip);

/** The `prometheus` block of one cluster in `sluice.yaml`, paths already resolved. */
export type PrometheusConnection = {
  readonly url: string;
  readonly tokenFile?: string | undefined;
  readonly basicAuth?: { readonly username: string; readonly passwordFile: string } | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly caFile?: string | undefined;
  readonly insecureSkipVerify?: boolean | undefined;
  readonly selector?: string | undefined;
};

export type QueryOptions = {
  readonly budget: QueryBudget;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutSeconds?: number;
};
export type TimeRange = { readonly startSeconds: number; readonly endSeconds: number; readonly stepSeconds: number };

export type QueryAnswer<T> = ParsedAnswer<T> & {
  /** Bytes over the wire. */
  readonly receivedBytes: number;
  readonly durationSeconds: number;
};
export type ServerKind = { readonly product: string; readonly version: string | null };

export type ClientOptions = {
  readonly maxBodyBytes?: number;
  readonly maxConcurrent?: number;
  readonly monotonicSeconds?: () => number;
  /** Where connections may go. */
  readonly guard?: OutboundGuard;
};

const MAX_BODY_BYTES = 64 * 1024 * 1024; // unpacked; 50,000 rows of five labels are about 15 MB
const MAX_CONCURRENT = 4; // design: queries at once
const TIMEOUT_SECONDS = 30;
export const MAX_POINTS_PER_SERIES = 11_000;

/**
 * One Prometheus-compatible server, only ever asked. Every expression gets the configured matchers on every selector,
 * every request is bounded in time and size, redirects are not followed, and a failed query is not sent again: the
 * next read asks anew within a minute, and a slow server is not helped by a second copy of what made it slow.
 */
export class PrometheusClient {
  readonly #connection: PrometheusConnection;
  readonly #baseUrl: string;
  readonly #matchers: readonly Matcher[];
  readonly #maxBodyBytes: number;
  readonly #slots: Slots;
  readonly #monotonicSeconds: () => number;
  readonly #guard: OutboundGuard;
  #dispatcher: { readonly agent: Dispatcher; readonly ca: string } | null = null;

  constructor(connection: PrometheusConnection, options: ClientOptions = {}) {
    this.#connection = connection;
    this.#baseUrl = toBaseUrl(connection.url);
    this.#matchers = connection.selector === undefined ? [] : parseSelector(connection.selector);
    this.#maxBodyBytes = options.maxBodyBytes ?? MAX_BODY_BYTES;
    this.#slots = new Slots(options.maxConcurrent ?? MAX_CONCURRENT);
    this.#monotonicSeconds = options.monotonicSeconds ?? (() => performance.now() / 1000);
    this.#guard = options.guard ?? SOURCE_GUARD;
  }

  async instant(promql: string, atSeconds: number, options: QueryOptions): Promise<QueryAnswer<InstantSample>> {
    const form = new URLSearchParams({ query: injectMatchers(promql, this.#matchers), time: String(atSeconds) });
    return this.#query("/api/v1/query", form, options, parseInstant);
  }

  /** Refuses a range of more than 11,000 points itself: the server would, after we had used up one query. */
  async range(promql: string, range: TimeRange, options: QueryOptions): Promise<QueryAnswer<RangeSeries>> {
    const points = Math.floor((range.endSeconds - range.startSeconds) / range.stepSeconds) + 1;
    if (!(range.stepSeconds > 0) || points < 1 || points > MAX_POINTS_PER_SERIES) {
      throw new PrometheusError("malformed", `a range of ${points} points is outside 1 to ${MAX_POINTS_PER_SERIES}`);
    }
    const form = new URLSearchParams({
      query: injectMatchers(promql, this.#matchers),
      start: String(range.startSeconds),
      end: String(range.endSeconds),
      step: String(range.stepSeconds),
    });
    return this.#query("/api/v1/query_range", form, options, parseRange);
  }

  /** What answers here. Managed services have no build information (404, 405, 403): then a constant query decides. */
  async detect(atSeconds: number, options: QueryOptions): Promise<ServerKind> {
    try {
      const answer = await this.#send("/api/v1/status/buildinfo", null, options);
      const { data } = openEnvelope(answer.status, answer.contentType, answer.text);
      const fields = typeof data === "object" && data !== null ? data : {};
      const version = "version" in fields && typeof fields.version === "string" ? fields.version : null;
      const application = "application" in fields && typeof fields.application === "string" ? fields.application : null;
      return { product: application ?? (/victoria/i.test(version ?? "") ? "VictoriaMetrics" : "Prometheus"), version };
    } catch (error) {
      if (!(error instanceof PrometheusError) || error.reason === "timed-out") throw error;
      await this.instant("vector(1)", atSeconds, options);
      return { product: "unknown", version: null };
    }
  }

  async close(): Promise<void> {
    const dispatcher = this.#dispatcher;
    this.#dispatcher = null;
    await dispatcher?.agent.destroy();
  }

  async #query<T>(
    path: string,
    form: URLSearchParams,
    options: QueryOptions,
    parse: (status: number, contentType: string, text: string) => ParsedAnswer<T>,
  ): Promise<QueryAnswer<T>> {
    const timeoutSeconds = options.timeoutSeconds ?? TIMEOUT_SECONDS;
    form.set("timeout", `${Math.max(1, Math.floor(timeoutSeconds))}s`); // the server stops when we stop listening
    const answer = await this.#send(path, form, options);
    const parsed = parse(answer.status, answer.contentType, answer.text);
    return { ...parsed, receivedBytes: answer.receivedBytes, durationSeconds: answer.durationSeconds };
  }

  async #send(path: string, form: URLSearchParams | null, options: QueryOptions): Promise<RawAnswer> {
    const release = await this.#slots.enter(options.signal);
    const startedAt = this.#monotonicSeconds();
    try {
      if (!options.budget.take()) {
        throw new PrometheusError("partial", `the read may send ${options.budget.maxQueries} queries and has`, {
          fix: { code: "wait" },
        });
      }
      const timeoutMs = (options.timeoutSeconds ?? TIMEOUT_SECONDS) * 1000;
      const timeout = AbortSignal.timeout(timeoutMs);
      const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
      const answer = await request(`${this.#baseUrl}${path}`, {
        method: form === null ? "GET" : "POST",
        dispatcher: await this.#open(),
        headers: {
          ...(await this.#credentialHeaders()),
          accept: "application/json",
          "accept-encoding": "gzip",
          "user-agent": "sluice",
          ...(form === null ? {} : { "content-type": "application/x-www-form-urlencoded" }),
        },
        body: form === null ? null : form.toString(),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal,
      });
      const packed = await this.#readBody(answer.body, signal);
      const bytes = headerText(answer.headers["content-encoding"]).includes("gzip")
        ? await this.#unpack(packed)
        : packed;
      return {
        status: answer.statusCode,
        contentType: headerText(answer.headers["content-type"]),
        text: bytes.toString("utf8"),
        receivedBytes: packed.byteLength,
        durationSeconds: this.#monotonicSeconds() - startedAt,
      };
    } catch (error) {
      throw fromTransportError(error, options.signal);
    } finally {
      release();
    }
  }

  async #readBody(body: AsyncIterable<Buffer>, signal: AbortSignal): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      signal.throwIfAborted();
      size += chunk.byteLength;
      if (size > this.#maxBodyBytes) throw tooLarge(this.#maxBodyBytes);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  async #unpack(packed: Buffer): Promise<Buffer> {
    try {
      return await gunzipAsync(packed, { maxOutputLength: this.#maxBodyBytes });
    } catch (cause) {
      if (cause instanceof RangeError) throw tooLarge(this.#maxBodyBytes);
      throw new PrometheusError("malformed", "the packed answer broke off", { cause });
    }
  }

  /** Files are read for every request: tokens rotate under a running process. */
  async #credentialHeaders(): Promise<Record<string, string>> {
    const { headers, tokenFile, basicAuth } = this.#connection;
    const result: Record<string, string> = { ...headers };
    if (tokenFile !== undefined) result.authorization = `Bearer ${await readSecret(tokenFile, "tokenFile")}`;
    if (basicAuth !== undefined) {
      const password = await readSecret(basicAuth.passwordFile, "passwordFile");
      result.authorization = `Basic ${Buffer.from(`${basicAuth.username}:${password}`).toString("base64")}`;
    }
    return result;
  }

  async #open(): Promise<Dispatcher> {
    const { caFile, insecureSkipVerify } = this.#connection;
    const ca = caFile === undefined ? "" : await readSecret(caFile, "caFile");
    if (this.#dispatcher !== null && this.#dispatcher.ca === ca) return this.#dispatcher.agent;
    const previous = this.#dispatcher;
    const agent = new Agent({
      connections: this.#slots.size,
      connect: guardedConnector(this.#guard, {
        timeout: 10_000,
        ...(ca === "" ? {} : { ca }),
        ...(insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
      }),
    });
    this.#dispatcher = { agent, ca };
    void previous?.agent.close(); // lets running requests end
    return agent;
  }
}

type RawAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly receivedBytes: number;
  readonly durationSeconds: number;
};

function toBaseUrl(text: string): string {
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw fromStatus(404);
  // People paste both the base and the API address; credentials belong into files.
  const path = url.pathname.replace(/\/+$/, "").replace(/\/api\/v1$/, "");
  return `${url.protocol}//${url.host}${path}`;
}

async function readSecret(file: string, field: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw new PrometheusError("not-configured", `the file named by ${field} cannot be read`, {
      fix: { code: "configure-prometheus" },
      cause,
    });
  }
}

function tooLarge(limitBytes: number): PrometheusError {
  return new PrometheusError("malformed", `the answer is larger than ${Math.round(limitBytes / 1_048_576)} MiB`, {
    fix: { code: "raise-limits" },
    isQueryFault: true,
  });
}

function headerText(value: string | readonly string[] | undefined): string {
  return (typeof value === "string" ? value : (value?.join(",") ?? "")).toLowerCase();
}

/** Lets at most `size` callers in at once, in order of arrival. */
class Slots {
  readonly size: number;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];
  constructor(size: number) {
    this.size = size;
  }
  async enter(signal: AbortSignal | undefined): Promise<() => void> {
    while (this.#inside >= this.size) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    this.#inside += 1;
    if (signal?.aborted === true) {
      this.#leave();
      throw new PrometheusError("timed-out", "the read was stopped before this query was sent");
    }
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#leave();
    };
  }
  #leave(): void {
    this.#inside -= 1;
    this.#waiting.shift()?.();
  }
}
