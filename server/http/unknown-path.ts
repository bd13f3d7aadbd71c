import { z } from "zod";
import type { Operation } from "../contract/operation.ts";

/** Stands for every path that the API does not have; not part of the OpenAPI page. */
export const unknownPath: Omit<Operation, "response" | "params" | "query" | "body"> & {
  readonly response: z.ZodNever;
} = {
  id: "unknownPath",
  method: "GET",
  path: "/api/{path}",
  summary: "No such path.",
  response: z.never(),
};
