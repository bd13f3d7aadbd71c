import { mayDo } from "../contract/rights.ts";
import type { Role, Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";

/** Errors: `forbidden` unless the viewer has one of the roles; an admin has every one. */
export function requireRole(viewer: Viewer, ...roles: readonly Role[]): void {
  if (viewer.roles.includes("admin") || roles.some((role) => viewer.roles.includes(role))) return;
  throw new AppError("forbidden", `This needs the role ${roles.join(" or ")}.`, { roles: roles.join(",") });
}

/**
 * Errors: `forbidden` unless the viewer may manage who sees what. A token may not, whatever its roles: one that leaked must not be
 * able to make others that outlive it.
 */
export function requireAccessManager(viewer: Viewer): void {
  if (viewer.via === "token") throw new AppError("forbidden", "Access is managed by people, not by tokens.");
  if (!mayDo(viewer, "access")) {
    throw new AppError("forbidden", "This needs the role admin for the whole fleet.", { roles: "admin" });
  }
}
