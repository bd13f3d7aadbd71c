/**
 * Every expected failure has one of these codes; `http/problem.ts` owns the only table of HTTP statuses for them.
 * Anything that is not an AppError is a bug and is shown as "internal" with a request id.
 */
export type ErrorCode =
  | "invalid-input" // the caller sent something that the contract refuses
  | "invalid-configuration" // sluice.yaml, a flag or the environment is wrong; the program refuses to start
  | "unauthenticated" // nobody is signed in
  | "forbidden" // somebody is, and may not do this (a viewer's bounds, a foreign Host or Origin)
  | "not-found"
  | "method-not-allowed" // the path is there and takes other methods
  | "conflict" // the change is based on a state that is gone, or a name is taken
  | "too-large" // a body or an answer is above its bound
  | "too-many-requests"
  | "cluster-unreachable" // a Kubernetes API or kubelet did not answer
  | "source-unavailable" // any other source (Prometheus, price list) did not answer usefully
  | "timed-out"
  | "database-unavailable" // PostgreSQL cannot be reached or did not start
  | "database-unsupported" // PostgreSQL is too old, or its schema is newer than this program
  | "not-ready" // started, not yet able to answer (migrating, no collector alive)
  | "internal";

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly context: Readonly<Record<string, string>>; // e.g. { clusterId, source }; never secrets
  constructor(code: ErrorCode, message: string, context: Record<string, string> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "AppError";
    this.code = code;
    this.context = context;
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}

/** The sentence of whatever was thrown: never a stack, for logs and for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
