import type { z } from "zod";
import { ApiError, type ApiErrorCode, toApiErrorCode } from "./api-error.ts";

type QueryValue = string | number | boolean | null | undefined | readonly (string | number)[];
export type ApiQuery = Readonly<Record<string, QueryValue>>;
export type GetJsonOptions<Schema extends z.ZodType> = {
  readonly schema: Schema;
  readonly query?: ApiQuery;
  readonly signal?: AbortSignal;
};
export type SendJsonOptions<Schema extends z.ZodType> = GetJsonOptions<Schema> & {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: unknown;
};

/** `/api/v1/x?cluster=a&cluster=b`: lists repeat their key; `null` and `undefined` are left out. */
export function toApiUrl(path: string, query: ApiQuery = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) search.append(key, String(item));
  }
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}

/**
 * Reads one answer of API v1 and proves that it keeps the contract.
 * Errors: `ApiError` with the code of the problem response; `network` without an answer, `contract` for a wrong shape.
 * An abort is passed on as it is.
 */
export async function getJson<Schema extends z.ZodType>(
  path: string,
  { schema, query, signal }: GetJsonOptions<Schema>,
): Promise<z.infer<Schema>> {
  return await request(toApiUrl(path, query), schema, { method: "GET", ...(signal === undefined ? {} : { signal }) });
}

/** Sends a change; same errors as `getJson`. */
export async function sendJson<Schema extends z.ZodType>(
  path: string,
  { schema, query, signal, method, body }: SendJsonOptions<Schema>,
): Promise<z.infer<Schema>> {
  return await request(toApiUrl(path, query), schema, {
    method,
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
}

async function request<Schema extends z.ZodType>(url: string, schema: Schema, init: RequestInit) {
  let response: Response;
  try {
    response = await fetch(url, {
      ...init,
      headers: { accept: "application/json, application/problem+json", ...init.headers },
      credentials: "same-origin",
    });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new ApiError("network", "No answer", { cause: error });
  }
  const requestId = response.headers.get("x-request-id");
  const body: unknown = response.status === 204 ? null : await response.json().catch(() => undefined);
  if (!response.ok) throw toApiError(response.status, body, requestId);
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    throw new ApiError("contract", "The answer breaks its contract", {
      status: response.status,
      requestId,
      cause: parsed.error,
    });
  }
  return parsed.data;
}

/** For answers of something in between – a proxy, a load balancer – that knows no code of ours. */
const CODE_BY_STATUS: Readonly<Record<number, ApiErrorCode>> = {
  401: "unauthenticated",
  403: "forbidden",
  404: "not-found",
  413: "too-large",
  429: "too-many-requests",
  502: "network",
  503: "not-ready",
  504: "timed-out",
};

function toApiError(status: number, body: unknown, requestId: string | null): ApiError {
  const problem = typeof body === "object" && body !== null ? body : {};
  const text = (key: string) => {
    const value: unknown = Reflect.get(problem, key);
    return typeof value === "string" ? value : null;
  };
  const byStatus = CODE_BY_STATUS[status] ?? "internal";
  const code = text("code");
  return new ApiError(code === null ? byStatus : toApiErrorCode(code), text("title") ?? `HTTP ${status}`, {
    status,
    detail: text("detail"),
    requestId: text("requestId") ?? requestId,
  });
}
