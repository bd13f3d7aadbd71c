import { AppError } from "#server/errors.ts";
import { defineRoute } from "#server/http/define-route.ts";
import { unknownPath } from "#server/http/unknown-path.ts";

/** Whatever no other route serves under /api: a problem like every other, not a page. */
const refuse = (method: (typeof unknownPath)["method"]) =>
  defineRoute({
    ...unknownPath,
    method,
    handle: () => {
      throw new AppError("not-found", "This API has no such path; /api/v1/openapi.json lists those it has.");
    },
  });

export const GET = refuse("GET");
export const POST = refuse("POST");
export const PUT = refuse("PUT");
export const PATCH = refuse("PATCH");
export const DELETE = refuse("DELETE");
