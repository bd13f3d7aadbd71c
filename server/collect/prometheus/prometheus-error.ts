import type { Fix } from "../../domain/coverage.ts";
import type { UnknownReason } from "../../domain/reading.ts";

/** What went wrong with one query. `message` is a plain sentence: never PromQL, a body, a header or a credential. */
export class PrometheusError extends Error {
  readonly reason: UnknownReason;
  readonly fix: Fix | null;
  /** The query itself was too much or not accepted: a smaller part of it may still work. */
  readonly isQueryFault: boolean;
  constructor(
    reason: UnknownReason,
    message: string,
    more: { readonly fix?: Fix; readonly isQueryFault?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "PrometheusError";
    this.reason = reason;
    this.fix = more.fix ?? null;
    this.isQueryFault = more.isQueryFault ?? false;
  }
}

const RAISE: Fix = { code: "raise-limits" };

/**
 * An answer of the API that is not a success. `errorType` decides before the status, because proxies and look-alikes
 * differ in the latter. The text is only searched for known phrases, never passed on: it may quote the query.
 */
export function fromApiError(status: number, errorType: string, text: string): PrometheusError {
  if (status === 401 || status === 403) return refused(status);
  if (errorType === "timeout" || errorType === "canceled") {
    return new PrometheusError("timed-out", "Prometheus stopped the query at its own time limit", {
      fix: RAISE,
      isQueryFault: true,
    });
  }
  if (/too many samples|exceeded (the )?(maximum|limit)|max_samples|maximum resolution|limit.*exceeded/i.test(text)) {
    return new PrometheusError("malformed", "Prometheus refused the query: it is above a limit of the server", {
      fix: RAISE,
      isQueryFault: true,
    });
  }
  if (/unavailable with Prometheus Agent/i.test(text)) {
    return new PrometheusError("not-configured", "this Prometheus runs in agent mode and answers no queries", {
      fix: { code: "configure-prometheus" },
    });
  }
  if (errorType === "bad_data" || status === 400) {
    return new PrometheusError("malformed", "Prometheus refused the query as wrong (bad_data)", {
      fix: { code: "see-detail" },
      isQueryFault: true,
    });
  }
  if (errorType === "execution" || status === 422) {
    return new PrometheusError("malformed", "Prometheus could not evaluate the query (execution)", {
      fix: { code: "see-detail" },
      isQueryFault: true,
    });
  }
  return fromStatus(status);
}

/** A status without an API envelope: a proxy, a wrong address, a server that is still starting. */
export function fromStatus(status: number): PrometheusError {
  if (status === 401 || status === 403) return refused(status);
  if (status >= 300 && status < 400) {
    return new PrometheusError(
      "unreachable",
      `the server answered with a redirect (${status}), which is not followed`,
      {
        fix: { code: "check-address" },
      },
    );
  }
  if (status === 404 || status === 405) {
    return new PrometheusError("unreachable", `there is no Prometheus API at this address (${status})`, {
      fix: { code: "check-address", hint: "path prefix, for example /prometheus" },
    });
  }
  if (status === 429) {
    return new PrometheusError("unreachable", "the server asks for fewer requests (429)", { fix: { code: "wait" } });
  }
  if (status === 504) {
    return new PrometheusError("timed-out", "a proxy gave up waiting for Prometheus (504)", {
      fix: RAISE,
      isQueryFault: true,
    });
  }
  if (status >= 500) {
    return new PrometheusError("unreachable", `Prometheus is not able to answer (${status})`, {
      fix: { code: "wait" },
    });
  }
  return new PrometheusError("malformed", `unexpected answer (${status})`, { fix: { code: "check-address" } });
}

function refused(status: number): PrometheusError {
  return new PrometheusError("forbidden", `Prometheus refused the credential (${status})`, {
    fix: { code: "check-token" },
  });
}

export function notPrometheus(what: string): PrometheusError {
  return new PrometheusError("malformed", `the answer is not that of a Prometheus API (${what})`, {
    fix: { code: "check-address" },
  });
}

/** Errors of sockets, name resolution, TLS and of our own abort signals. */
export function fromTransportError(error: unknown, callerSignal: AbortSignal | undefined): PrometheusError {
  if (error instanceof PrometheusError) return error;
  if (callerSignal?.aborted === true) {
    return new PrometheusError("timed-out", "the read was stopped before this query ended", { cause: error });
  }
  const name = error instanceof Error ? error.name : "";
  const code = codeOf(error);
  if (name === "TimeoutError" || name === "AbortError" || /TIMEOUT|ETIMEDOUT/.test(code)) {
    return new PrometheusError("timed-out", "Prometheus did not answer in time", { fix: RAISE, cause: error });
  }
  if (code === "ADDRESS_REFUSED") {
    return new PrometheusError("not-configured", "its address is link-local or a metadata service: not connected to", {
      fix: { code: "check-address" },
      cause: error,
    });
  }
  if (/CERT|TLS|SSL|ALTNAME|INVALID_CA|UNABLE_TO/.test(code)) {
    return new PrometheusError("unreachable", `the certificate was not accepted (${code})`, {
      fix: { code: "check-certificate" },
      cause: error,
    });
  }
  return new PrometheusError("unreachable", `no connection to Prometheus (${code === "" ? "broken off" : code})`, {
    fix: { code: "check-address" },
    cause: error,
  });
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return "cause" in error ? codeOf(error.cause) : "";
}
