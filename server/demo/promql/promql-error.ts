/** Kinds of failure that the Prometheus HTTP API names in `errorType`. */
export type PromqlErrorType = "bad_data" | "execution" | "timeout" | "canceled" | "internal" | "not_found";

export class PromqlError extends Error {
  readonly errorType: PromqlErrorType;

  constructor(errorType: PromqlErrorType, message: string) {
    super(message);
    this.name = "PromqlError";
    this.errorType = errorType;
  }
}

export function parseError(query: string, offset: number, problem: string): PromqlError {
  const before = query.slice(0, offset);
  const line = before.split("\n").length;
  const column = offset - before.lastIndexOf("\n");
  return new PromqlError("bad_data", `${line}:${column}: parse error: ${problem}`);
}

export function executionError(message: string): PromqlError {
  return new PromqlError("execution", message);
}

/** The grammar knows it, this evaluator does not: an honest 422 instead of a wrong number. */
export function unsupported(what: string): PromqlError {
  return new PromqlError("execution", `not supported by this evaluator: ${what}`);
}
