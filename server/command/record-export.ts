import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { insertAuditEvent } from "../store/sql/write-audit.ts";

/** Who took which file with which filters, before the file leaves. A line that cannot be written keeps the file back. */
export async function recordExport(
  viewer: Viewer,
  file: { readonly operation: string; readonly path: string; readonly search: string },
  request: { readonly requestId: string | null },
): Promise<void> {
  await insertAuditEvent(getStore().pool, {
    actor: viewer.name,
    event: `export.${file.operation}`,
    subject: file.path.slice(0, 500),
    detail: file.search === "" ? {} : { query: file.search.slice(0, 2000) },
    requestId: request.requestId,
    address: viewer.address ?? null,
  });
}
