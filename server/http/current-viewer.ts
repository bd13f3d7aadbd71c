import "server-only";
import { LOOPBACK_VIEWER, type Viewer } from "../contract/viewer.ts";

/**
 * Who asks. The server binds to loopback only, and whoever reaches that interface is the machine's user; sign-in arrives
 * with `auth`, and this is the one place that changes then. Pages and routes call nothing else.
 */
export async function currentViewer(_headers?: Headers): Promise<Viewer> {
  return LOOPBACK_VIEWER;
}
