import type { Fix, RbacRule } from "../../domain/coverage.ts";
import type { UnknownReason } from "../../domain/reading.ts";

/** Why a source gave nothing. `detail` is one plain sentence: never a token, a body or a stack. */
export class SourceError extends Error {
  readonly reason: UnknownReason;
  readonly status: number | null;
  readonly fix: Fix | null;
  /** Seconds the source asked to wait (Retry-After), `null` when it did not say. */
  readonly retryAfterSeconds: number | null;
  readonly isRetryable: boolean;

  constructor(
    reason: UnknownReason,
    detail: string,
    more: {
      readonly status?: number;
      readonly fix?: Fix;
      readonly retryAfterSeconds?: number | null;
      readonly isRetryable?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "SourceError";
    this.reason = reason;
    this.status = more.status ?? null;
    this.fix = more.fix ?? null;
    this.retryAfterSeconds = more.retryAfterSeconds ?? null;
    this.isRetryable = more.isRetryable ?? false;
  }
}

const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "CERT_REVOKED",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "HOSTNAME_MISMATCH",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);
const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
]);
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  ENOTFOUND: "the name does not resolve",
  EAI_AGAIN: "the name does not resolve at the moment",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  UND_ERR_SOCKET: "the connection was closed before the answer was complete",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the answer is shorter than announced",
};

/** What a failed connection or a broken body means. An abort by the caller is not a fact about the source: rethrown. */
export function fromTransportError(error: unknown, signal: AbortSignal | undefined): SourceError {
  if (signal?.aborted === true) throw signal.reason;
  if (error instanceof SourceError) return error;
  const code = codeOf(error);
  if (isTimeout(error) || TIMEOUT_CODES.has(code)) {
    return new SourceError("timed-out", "no complete answer in time", {
      fix: { code: "check-address" },
      isRetryable: true,
      cause: error,
    });
  }
  if (code === "ADDRESS_REFUSED") {
    return new SourceError("not-configured", "its address is link-local or a metadata service: not connected to", {
      fix: { code: "check-address" },
      cause: error,
    });
  }
  if (CERTIFICATE_CODES.has(code)) {
    return new SourceError(
      "unreachable",
      `the certificate was not accepted (${code.toLowerCase().replaceAll("_", " ")})`,
      {
        fix: { code: "check-certificate" },
        cause: error,
      },
    );
  }
  if (code.startsWith("ERR_SSL") || code === "EPROTO") {
    return new SourceError("unreachable", "the other side does not speak TLS as expected", {
      fix: { code: "check-address" },
      cause: error,
    });
  }
  if (code.startsWith("Z_") || code === "ERR_BUFFER_TOO_LARGE") {
    return new SourceError(
      "malformed",
      code === "ERR_BUFFER_TOO_LARGE" ? "the answer is larger than allowed" : "the compressed answer is broken",
      { fix: { code: "see-detail" }, cause: error },
    );
  }
  if (code.startsWith("HPE_")) {
    return new SourceError("malformed", "the other side does not speak HTTP", {
      fix: { code: "check-address" },
      cause: error,
    });
  }
  if (code === "UND_ERR_INVALID_ARG") {
    return new SourceError(
      "not-configured",
      "the address or the credential holds a character that HTTP does not allow",
      {
        fix: { code: "see-detail" },
        cause: error,
      },
    );
  }
  // Sockets and their libraries always give a code. Without one it is a fault of this program, and must not look like a cluster's.
  if (code === "" && !(error instanceof Error && error.name === "AbortError")) throw error;
  return new SourceError("unreachable", WORDS[code] ?? "the connection was lost", {
    fix: { code: "check-address" },
    isRetryable: true,
    cause: error,
  });
}

/** What an HTTP status other than 2xx means. `rbac` is the rule that would have allowed the request. */
export function fromStatus(status: number, rbac: RbacRule | null, retryAfter: string | undefined): SourceError {
  if (status === 401) {
    return new SourceError("forbidden", "the credentials were not accepted (401)", {
      status,
      fix: { code: "check-token" },
    });
  }
  if (status === 403) {
    return new SourceError("forbidden", "the credentials lack a right (403)", {
      status,
      fix: rbac === null ? { code: "grant-rbac" } : { code: "grant-rbac", rbac },
    });
  }
  if (status === 408 || status === 504) {
    return new SourceError("timed-out", `the source gave up waiting (${status})`, {
      status,
      fix: { code: "wait" },
      isRetryable: true,
    });
  }
  if (status === 429 || status >= 500) {
    return new SourceError("unreachable", `the source could not answer (${status})`, {
      status,
      fix: { code: "wait" },
      isRetryable: true,
      retryAfterSeconds: parseRetryAfter(retryAfter),
    });
  }
  if (status >= 300 && status < 400) {
    return new SourceError("malformed", `the source answered with a redirect (${status}); redirects are not followed`, {
      status,
      fix: { code: "check-address" },
    });
  }
  return new SourceError("malformed", `the source answered ${status}`, { status, fix: { code: "see-detail" } });
}

export function malformed(detail: string): SourceError {
  return new SourceError("malformed", detail, { fix: { code: "check-address" } });
}

/** Only the form in seconds: that is what API servers send, and a date would need a clock both sides agree on. */
function parseRetryAfter(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : null;
}

function codeOf(error: unknown): string {
  for (
    let current: unknown = error, depth = 0;
    depth < 5 && typeof current === "object" && current !== null;
    depth += 1
  ) {
    const { code, cause } = current as { code?: unknown; cause?: unknown };
    if (typeof code === "string" && code !== "UND_ERR_ABORTED") return code;
    current = cause;
  }
  return "";
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}
