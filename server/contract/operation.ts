import type { z } from "./zod.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One row of the OpenAPI page; the route of the same path validates with the same schemas. */
export type Operation = {
  readonly id: string;
  readonly method: Method;
  /** With `{name}` where Next writes `[name]`. */
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  /** Default `application/json`; text answers are described by a string schema. */
  readonly mediaType?: string;
  /** Status of the plain success; 200 when not given. */
  readonly successStatus?: number;
  /** Other statuses that carry the same answer, with their meaning. */
  readonly statuses?: Readonly<Record<number, string>>;
};

/** Keeps the exact schema types, so that a route's handler gets parsed parameters. */
export function operation<const T extends Operation>(value: T): T {
  return value;
}
