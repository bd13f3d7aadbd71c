import "server-only";
import type { z } from "zod";
import type { Method, Operation } from "../contract/operation.ts";
import { mayDo, RIGHTS, rightOf } from "../contract/rights.ts";
import type { Viewer } from "../contract/viewer.ts";
import { AppError, messageOf } from "../errors.ts";
import { log } from "../log.ts";
import { currentViewer, noteExport } from "./current-viewer.ts";
import { allowedHosts, refuseForeign } from "./guard.ts";
import { countAnswer } from "./http-counts.ts";
import { InvalidInput, problemResponse, toProblem } from "./problem.ts";
import { RateLimiter, WRITE_LIMIT } from "./rate-limit.ts";
import { readJsonBody } from "./read-body.ts";
import { requestIdOf } from "./request-id.ts";
import { commonHeaders, DATA_POLICY } from "./security-headers.ts";

/** Stands for a part that an operation does not take. */
type None = z.ZodUndefined;

export type RouteInput<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = {
  readonly viewer: Viewer;
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
  readonly requestId: string;
  readonly headers: Headers;
  /** Aborts when the caller goes away or the time of the operation is over. */
  readonly signal: AbortSignal;
};

export type RouteDefinition<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> = Omit<
  Operation,
  "params" | "query" | "body" | "response"
> & {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly response: R;
  handle(input: RouteInput<P, Q, B>): Promise<z.input<R>> | z.input<R>;
  /** Success status by answer; the operation's own when not given. */
  readonly statusOf?: (answer: z.output<R>) => number;
  readonly timeoutSeconds?: number;
  readonly resolveViewer?: (headers: Headers) => Promise<Viewer>;
  readonly recordExport?: typeof noteExport;
};

export type RouteHandler = ((request: Request, context: RouteContext) => Promise<Response>) & {
  /** What the OpenAPI page says of this route. */
  readonly operation: Operation;
};
type RouteContext = { readonly params: Promise<Readonly<Record<string, string | string[] | undefined>>> };

const DEFAULT_TIMEOUT_SECONDS = 30;
const writes = new RateLimiter(WRITE_LIMIT);

/**
 * A route handler that only declares. In order: Host and Origin, viewer, right, rate limit of changes, parameters and body by
 * their schemas, the question, the answer by its schema. Every failure is a problem with a stable code and a request id.
 */
export function defineRoute<
  R extends z.ZodType,
  P extends z.ZodType = None,
  Q extends z.ZodType = None,
  B extends z.ZodType = None,
>(route: RouteDefinition<P, Q, B, R>): RouteHandler {
  const handler = async (request: Request, context: RouteContext): Promise<Response> => {
    const startedAt = performance.now();
    const requestId = requestIdOf(request.headers);
    let response: Response;
    try {
      response = await answer(route, request, context, requestId);
    } catch (error) {
      const problem = toProblem(error, requestId);
      const event = { requestId, operation: route.id, code: problem.code };
      // Expected failures need no stack; anything else is a bug and does.
      if (problem.code === "internal") log.error({ ...event, err: error }, "a request failed");
      else if (problem.status >= 500)
        log.warn({ ...event, detail: messageOf(error) }, "a request could not be answered");
      response = problemResponse(problem);
    }
    response.headers.set("x-request-id", requestId);
    for (const [name, value] of Object.entries(commonHeaders())) response.headers.set(name, value);
    response.headers.set("content-security-policy", DATA_POLICY);
    countAnswer(route.id, response.status, (performance.now() - startedAt) / 1000);
    return response;
  };
  return Object.assign(handler, { operation: route });
}

async function answer<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  route: RouteDefinition<P, Q, B, R>,
  request: Request,
  context: RouteContext,
  requestId: string,
): Promise<Response> {
  refuseForeign(request.method, request.headers, allowedHosts(process.env));
  const viewer = await authorizedViewer(route, request.headers);
  if (changesSomething(route.method)) writes.take(viewer.name);
  const url = new URL(request.url);
  const params = parseInput("path", route.params, await context.params);
  const query = parseInput("query", route.query, searchObject(url.searchParams));
  const body =
    route.body === undefined ? undefined : parseInput("body", route.body, (await readJsonBody(request)) ?? {});
  const timeoutSeconds = route.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const deadline = AbortSignal.timeout(timeoutSeconds * 1000);
  const signal = AbortSignal.any([request.signal, deadline]);
  const input = { viewer, params, query, body, requestId, headers: request.headers, signal } as RouteInput<P, Q, B>;
  const answered = await before(deadline, Promise.resolve(route.handle(input)));
  const checked = route.response.safeParse(answered);
  if (!checked.success) {
    throw new Error(
      `the answer of ${route.id} breaks its contract: ${issuesOf(checked.error)
        .map((i) => `${i.path} ${i.message}`)
        .slice(0, 5)
        .join("; ")}`,
    );
  }
  if (EXPORT.test(route.mediaType ?? "")) {
    const file = { operation: route.id, path: url.pathname, search: url.search };
    await (route.recordExport ?? noteExport)(viewer, file, { requestId });
  }
  return toResponse(route, checked.data, route.statusOf?.(checked.data) ?? route.successStatus ?? 200);
}

/** Files that people take away; what a page asks for to draw itself is none. */
const EXPORT = /^(text\/csv|text\/markdown|application\/vnd\.openxmlformats)/;
/** Asks where nobody needs to be signed in; sees nothing. */
const NOBODY: Viewer = { name: "nobody", roles: [], clusters: [], teams: [] };

/** Errors: `unauthenticated`; `forbidden` without the right that the operation needs. */
async function authorizedViewer(
  route: Pick<Operation, "id" | "method"> & { readonly resolveViewer?: (headers: Headers) => Promise<Viewer> },
  headers: Headers,
): Promise<Viewer> {
  const right = rightOf(route);
  if (right === null) return NOBODY;
  const viewer = await (route.resolveViewer ?? currentViewer)(headers);
  if (mayDo(viewer, right)) return viewer;
  const { roles, isWhole } = RIGHTS[right];
  const words = `This needs the role ${roles.join(" or ")}${isWhole ? " for the whole fleet" : ""}.`;
  throw new AppError("forbidden", words, { right });
}

function toResponse(route: Pick<Operation, "mediaType">, data: unknown, status: number): Response {
  const mediaType = route.mediaType ?? "application/json";
  const isBinary = data instanceof Uint8Array;
  const body = isBinary ? new Uint8Array(data) : mediaType === "application/json" ? JSON.stringify(data) : String(data);
  return new Response(body, {
    status,
    headers: {
      "content-type": mediaType === "application/json" || isBinary ? mediaType : `${mediaType}; charset=utf-8`,
      "cache-control": "no-store",
    },
  });
}

function parseInput(place: string, schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  // PostgreSQL cannot hold NUL in a text, and no name has one.
  if (hasNul(value)) throw new InvalidInput(place, [{ path: "", message: "has a NUL character" }]);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new InvalidInput(place, issuesOf(parsed.error));
  return parsed.data;
}

function hasNul(value: unknown): boolean {
  if (typeof value === "string") return value.includes("\u0000");
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, item]) => hasNul(name) || hasNul(item));
}

function issuesOf(error: z.ZodError): { path: string; message: string }[] {
  return error.issues.slice(0, 20).map((issue) => ({ path: issue.path.map(String).join("."), message: issue.message }));
}

/** A name given once is a text, given again a list. */
function searchObject(search: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(search.keys())].map((name) => {
      const values = search.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

function before<T>(deadline: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new AppError("timed-out", "The answer took longer than its bound."));
    deadline.addEventListener("abort", late, { once: true });
    work.then(resolve, reject).finally(() => deadline.removeEventListener("abort", late));
  });
}

function changesSomething(method: Method): boolean {
  return method !== "GET";
}
