import { mayDo } from "../contract/rights.ts";
import type { Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";

/** Errors: `forbidden` unless the viewer may see who can see what. */
export function requireAccessReader(viewer: Viewer): void {
  if (mayDo(viewer, "access")) return;
  throw new AppError("forbidden", "This needs the role admin for the whole fleet.", { roles: "admin" });
}
