import { promisify } from "node:util";
import { createGunzip, gunzip } from "node:zlib";
import { type Dispatcher, request } from "undici";
import type { RbacRule } from "../../domain/coverage.ts";
import { fromStatus, fromTransportError, malformed, SourceError } from "./source-error.ts";

const gunzipAsync = promisify(gunzip);

export type ReadOptions = {
  readonly accept?: string;
  /** The rule that allows this request; named in the fix when it is refused. */
  readonly rbac?: RbacRule;
  readonly timeoutSeconds?: number;
  /** Bound on the answer, unpacked. */
  readonly maxBytes?: number;
  /** Attempts after the first one. Only time-outs, 429, 5xx and broken connections are tried again. */
  readonly retries?: number;
  readonly signal?: AbortSignal;
};

export type JsonAnswer = { readonly body: unknown; readonly receivedBytes: number };
export type StreamAnswer = {
  /** Unpacked bytes; iterating throws a SourceError when the answer breaks off. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes over the wire so far. */
  readonly receivedBytes: () => number;
};

export type Credential = {
  readonly headers: Readonly<Record<string, string>>;
  /** Client certificate in PEM where the credential is one. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
};
export type CredentialSource = {
  current(signal: AbortSignal | undefined): Promise<Credential>;
  /** Called after a 401. True when asking again may give another credential. */
  renew(): Promise<boolean>;
};

export type HttpSourceOptions = {
  /** Scheme, host, port and path prefix, without a trailing slash. */
  readonly baseUrl: string;
  readonly credentials: CredentialSource | null;
  readonly openDispatcher: (credential: Credential) => Dispatcher;
  readonly sleep?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly random?: () => number;
};

const MIB = 1024 * 1024;
const JSON_LIMIT_BYTES = 128 * MIB; // a page of 500 large objects is about 10 MB
const STREAM_LIMIT_BYTES = 256 * MIB; // the largest API server pages seen are 30 MB
const ERROR_BODY_LIMIT_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_SECONDS = 60;
const RETRIES = 2;
const RETRY_BASE_MS = 300;
const RETRY_CAP_MS = 20_000; // a longer Retry-After is left to the next read
const NO_CREDENTIAL: Credential = { headers: {} };

/** One HTTP server that is only ever read: bounded in time and size, packed answers, no redirects, retries with backoff. */
export class HttpSource {
  readonly baseUrl: string;
  readonly #options: HttpSourceOptions;
  #dispatcher: Dispatcher | null = null;
  #dispatcherCert: string | null = null;

  constructor(options: HttpSourceOptions) {
    this.#options = options;
    this.baseUrl = options.baseUrl.replace(/\/+$/, "");
  }

  async readJson(path: string, options: ReadOptions = {}): Promise<JsonAnswer> {
    const { bytes, receivedBytes } = await this.readBytes(path, options);
    return { body: parseJson(bytes), receivedBytes };
  }

  /** The whole answer, unpacked. The memory is the caller's. */
  async readBytes(
    path: string,
    options: ReadOptions = {},
  ): Promise<{ readonly bytes: Buffer; readonly receivedBytes: number }> {
    const maxBytes = options.maxBytes ?? JSON_LIMIT_BYTES;
    return this.#withRetries(options, async () => {
      const answer = await this.#ask(path, options, options.accept ?? "application/json");
      const packed = await collect(answer.body, maxBytes, options.signal);
      const bytes = answer.isPacked ? await unpack(packed, maxBytes, options.signal) : packed;
      return { bytes, receivedBytes: packed.byteLength };
    });
  }

  /** Retries end where the body begins: what was already handed on cannot be taken back. */
  async readStream(path: string, options: ReadOptions = {}): Promise<StreamAnswer> {
    const answer = await this.#withRetries(options, () => this.#ask(path, options, options.accept ?? "text/plain"));
    const state = { bytes: 0 };
    return {
      chunks: streamBody(answer, options.maxBytes ?? STREAM_LIMIT_BYTES, options.signal, state),
      receivedBytes: () => state.bytes,
    };
  }

  /** Only the status of an answer, any status. */
  async readStatus(path: string, options: ReadOptions = {}): Promise<number> {
    const answer = await this.#send(path, options, "*/*");
    await discard(answer.body);
    return answer.status;
  }

  async close(): Promise<void> {
    const dispatcher = this.#dispatcher;
    this.#dispatcher = null;
    await dispatcher?.destroy();
  }

  async #ask(path: string, options: ReadOptions, accept: string): Promise<RawAnswer> {
    let answer = await this.#send(path, options, accept);
    if (answer.status === 401 && (await this.#options.credentials?.renew()) === true) {
      await discard(answer.body);
      answer = await this.#send(path, options, accept);
    }
    if (answer.status >= 200 && answer.status < 300) return answer;
    await discard(answer.body);
    throw fromStatus(answer.status, options.rbac ?? null, answer.retryAfter);
  }

  async #send(path: string, options: ReadOptions, accept: string): Promise<RawAnswer> {
    const timeoutMs = (options.timeoutSeconds ?? REQUEST_TIMEOUT_SECONDS) * 1000;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
    const credential = (await this.#options.credentials?.current(options.signal)) ?? NO_CREDENTIAL;
    try {
      const answer = await request(`${this.baseUrl}${path}`, {
        method: "GET",
        dispatcher: this.#dispatcherFor(credential),
        headers: { ...credential.headers, accept, "accept-encoding": "gzip", "user-agent": "sluice" },
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal,
      });
      return {
        status: answer.statusCode,
        isPacked: String(answer.headers["content-encoding"] ?? "").toLowerCase() === "gzip",
        retryAfter: headerText(answer.headers["retry-after"]),
        body: answer.body,
      };
    } catch (error) {
      throw fromTransportError(error, options.signal);
    }
  }

  #dispatcherFor(credential: Credential): Dispatcher {
    const cert = credential.cert === undefined ? "" : String(credential.cert);
    if (this.#dispatcher !== null && this.#dispatcherCert === cert) return this.#dispatcher;
    const previous = this.#dispatcher;
    this.#dispatcher = this.#options.openDispatcher(credential);
    this.#dispatcherCert = cert;
    void previous?.close(); // lets running requests end
    return this.#dispatcher;
  }

  async #withRetries<T>(options: ReadOptions, attempt: () => Promise<T>): Promise<T> {
    const retries = options.retries ?? RETRIES;
    for (let tried = 0; ; tried += 1) {
      try {
        return await attempt();
      } catch (thrown) {
        const error = fromTransportError(thrown, options.signal);
        if (!error.isRetryable || tried >= retries) throw error;
        const backoffMs = RETRY_BASE_MS * 2 ** tried * (1 + (this.#options.random ?? Math.random)());
        const waitMs = Math.max(backoffMs, (error.retryAfterSeconds ?? 0) * 1000);
        if (waitMs > RETRY_CAP_MS) throw error;
        await (this.#options.sleep ?? sleepFor)(waitMs, options.signal);
      }
    }
  }
}

type RawAnswer = {
  readonly status: number;
  readonly isPacked: boolean;
  readonly retryAfter: string | undefined;
  readonly body: AsyncIterable<Uint8Array> & { dump(options: { limit: number }): Promise<void> };
};

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

async function discard(body: RawAnswer["body"]): Promise<void> {
  await body.dump({ limit: ERROR_BODY_LIMIT_BYTES }).catch(() => undefined); // the status already said what matters
}

async function collect(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > maxBytes) throw malformed("the answer is larger than allowed");
      chunks.push(chunk);
    }
  } catch (error) {
    throw fromTransportError(error, signal);
  }
  return Buffer.concat(chunks, size);
}

async function unpack(packed: Buffer, maxBytes: number, signal: AbortSignal | undefined): Promise<Buffer> {
  try {
    return await gunzipAsync(packed, { maxOutputLength: maxBytes, chunkSize: unpackedSizeHint(packed) });
  } catch (error) {
    throw fromTransportError(error, signal);
  }
}

const MIN_CHUNK_BYTES = 16 * 1024; // zlib's default
const MAX_CHUNK_BYTES = 16 * MIB; // the hint comes from outside: a lie may cost this much memory, for a moment

/**
 * A gzip text ends with its unpacked size. With one chunk of that size a page unpacks in one step beside the main thread;
 * with the default of 16 kB it comes back to it 200 times, each time waiting for the page before to be parsed.
 */
function unpackedSizeHint(packed: Buffer): number {
  const announced = packed.byteLength < 18 ? 0 : packed.readUInt32LE(packed.byteLength - 4);
  return Math.min(Math.max(announced + 64, MIN_CHUNK_BYTES), MAX_CHUNK_BYTES);
}

/** Errors: SourceError `malformed`, which never quotes the text. */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.byteLength === 0) throw malformed("the answer is empty");
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    // The parser's own message quotes the body.
    throw malformed(bytes[0] === 0x3c ? "the answer is a web page, not JSON" : "the answer is not JSON");
  }
}

async function* streamBody(
  answer: RawAnswer,
  maxBytes: number,
  signal: AbortSignal | undefined,
  state: { bytes: number },
): AsyncGenerator<Uint8Array> {
  const counted = countBytes(answer.body, state);
  const source = answer.isPacked ? gunzipStream(counted) : counted;
  let unpackedBytes = 0;
  try {
    for await (const chunk of source) {
      unpackedBytes += chunk.byteLength;
      if (unpackedBytes > maxBytes) throw malformed("the answer is larger than allowed");
      yield chunk;
    }
  } catch (error) {
    throw fromTransportError(error, signal);
  }
}

async function* countBytes(body: AsyncIterable<Uint8Array>, state: { bytes: number }): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    state.bytes += chunk.byteLength;
    yield chunk;
  }
}

async function* gunzipStream(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unpacker = createGunzip({ chunkSize: 64 * 1024 });
  const feeding = feed(packed, unpacker);
  feeding.catch(() => undefined); // handled below; a consumer that stops early never awaits it
  try {
    for await (const chunk of unpacker) yield chunk as Uint8Array; // a zlib stream without encoding yields buffers
    await feeding;
  } finally {
    unpacker.destroy();
  }
}

async function feed(packed: AsyncIterable<Uint8Array>, unpacker: ReturnType<typeof createGunzip>): Promise<void> {
  try {
    for await (const chunk of packed) {
      if (unpacker.destroyed) return;
      if (!unpacker.write(chunk)) await drained(unpacker);
    }
    unpacker.end();
  } catch (error) {
    unpacker.destroy(error instanceof Error ? error : new SourceError("malformed", "the answer broke off"));
    throw error;
  }
}

function drained(unpacker: ReturnType<typeof createGunzip>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      unpacker.off("drain", done).off("close", done).off("error", done);
      resolve();
    };
    unpacker.on("drain", done).on("close", done).on("error", done);
  });
}

function sleepFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
