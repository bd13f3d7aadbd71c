import type { Role, Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";

/** Errors: `forbidden` unless the viewer has one of the roles; an admin has every one. */
export function requireRole(viewer: Viewer, ...roles: readonly Role[]): void {
  if (viewer.roles.includes("admin") || roles.some((role) => viewer.roles.includes(role))) return;
  throw new AppError("forbidden", `This needs the role ${roles.join(" or ")}.`, { roles: roles.join(",") });
}
