import type { Problem } from "../contract/problem.ts";
import { AppError, type ErrorCode } from "../errors.ts";

/** The only table of HTTP statuses in the house. */
export const STATUS_OF: Readonly<Record<ErrorCode, number>> = {
  "invalid-input": 400,
  "invalid-configuration": 500,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  "method-not-allowed": 405,
  conflict: 409,
  "too-large": 413,
  "too-many-requests": 429,
  "cluster-unreachable": 502,
  "source-unavailable": 502,
  "timed-out": 504,
  "database-unavailable": 503,
  "database-unsupported": 503,
  "not-ready": 503,
  internal: 500,
};

const TITLE_OF: Readonly<Record<ErrorCode, string>> = {
  "invalid-input": "The request does not keep the contract",
  "invalid-configuration": "The configuration is wrong",
  unauthenticated: "Nobody is signed in",
  forbidden: "Not allowed",
  "not-found": "There is no such thing",
  "method-not-allowed": "This path takes other methods",
  conflict: "The change does not fit the present state",
  "too-large": "Too large",
  "too-many-requests": "Too many requests",
  "cluster-unreachable": "The cluster did not answer",
  "source-unavailable": "A source did not answer usefully",
  "timed-out": "It took too long",
  "database-unavailable": "The database does not answer",
  "database-unsupported": "The database does not fit this program",
  "not-ready": "Not ready yet",
  internal: "Something went wrong in Sluice",
};

export type Issue = { readonly path: string; readonly message: string };

/** Raised where zod refuses what came in; carries the places for the answer. */
export class InvalidInput extends AppError {
  readonly issues: readonly Issue[];
  constructor(place: string, issues: readonly Issue[]) {
    super("invalid-input", `The ${place} is not what this operation takes.`, { place });
    this.name = "InvalidInput";
    this.issues = issues;
  }
}

/** Unexpected errors say nothing of their inside; the log has it under the same request id. */
export function toProblem(error: unknown, requestId: string): Problem {
  const expected = error instanceof AppError ? error : databaseError(error);
  const code: ErrorCode = expected?.code ?? "internal";
  const retryAfter = Number(expected?.context.retryAfterSeconds);
  return {
    type: `urn:sluice:problem:${code}`,
    title: TITLE_OF[code],
    status: STATUS_OF[code],
    code,
    requestId,
    ...(expected === null ? {} : { detail: expected.message }),
    ...(expected instanceof InvalidInput ? { issues: [...expected.issues] } : {}),
    ...(Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {}),
  };
}

export function problemResponse(problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(problem.retryAfterSeconds === undefined ? {} : { "retry-after": String(problem.retryAfterSeconds) }),
      ...headers,
    },
  });
}

const NO_CONNECTION = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "57P01",
  "57P03",
  "53300",
]);
const STATEMENT_CANCELLED = "57014";

// Class 22: a text, number or date that PostgreSQL cannot hold; it got past a schema, but it came from outside.
const DATA_EXCEPTION = /^22[0-9A-Z]{3}$/;

/** The expected failures of every statement; the driver marks them by code only. */
function databaseError(error: unknown): AppError | null {
  const code = errorCode(error);
  if (code === STATEMENT_CANCELLED) return new AppError("timed-out", "The answer took longer than its bound.");
  if (code !== null && DATA_EXCEPTION.test(code)) return new AppError("invalid-input", "A value is out of its range.");
  if (code !== null && NO_CONNECTION.has(code))
    return new AppError("database-unavailable", "The database does not answer.");
  if (error instanceof Error && /timeout exceeded when trying to connect|Connection terminated/.test(error.message)) {
    return new AppError("database-unavailable", "The database does not answer.");
  }
  return null;
}

function errorCode(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
