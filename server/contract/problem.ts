import type { ErrorCode } from "../errors.ts";
import { z } from "./zod.ts";

const CODES = [
  "invalid-input",
  "invalid-configuration",
  "unauthenticated",
  "forbidden",
  "not-found",
  "method-not-allowed",
  "conflict",
  "too-large",
  "too-many-requests",
  "cluster-unreachable",
  "source-unavailable",
  "timed-out",
  "database-unavailable",
  "database-unsupported",
  "not-ready",
  "internal",
] as const satisfies readonly ErrorCode[];

/** `application/problem+json` (RFC 9457); `code` is stable, the sentences are not. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(CODES),
    detail: z.string().optional(),
    requestId: z.string(),
    /** For invalid input: where and what. */
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    /** For too many requests. */
    retryAfterSeconds: z.number().int().optional(),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;

// Fails to compile when a code of errors.ts is missing above.
type Missing = Exclude<ErrorCode, (typeof CODES)[number]>;
export const ALL_CODES_LISTED: [Missing] extends [never] ? true : never = true;
