import { Problem } from "#server/contract/problem.ts";

/** Every code of the API, plus what only a browser can meet. Unknown codes of newer servers read as "internal". */
export type ApiErrorCode = Problem["code"] | "network" | "contract";

const CODES: readonly ApiErrorCode[] = [...Problem.shape.code.options, "network", "contract"];

export function toApiErrorCode(code: unknown): ApiErrorCode {
  return CODES.find((known) => known === code) ?? "internal";
}

/** A failed request. `network`: no answer; `contract`: an answer that breaks its schema. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  /** HTTP status, `null` without an answer. */
  readonly status: number | null;
  readonly detail: string | null;
  readonly requestId: string | null;
  constructor(
    code: ApiErrorCode,
    title: string,
    {
      status = null,
      detail = null,
      requestId = null,
      cause,
    }: {
      readonly status?: number | null;
      readonly detail?: string | null;
      readonly requestId?: string | null;
      readonly cause?: unknown;
    } = {},
  ) {
    super(title, { cause });
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.requestId = requestId;
  }
}
