import type { PoolClient } from "pg";
import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { inTransaction } from "../store/db.ts";
import { insertAuditEvent } from "../store/sql/write-audit.ts";

/** From where a change comes, for the audit line. */
export type Request = { readonly requestId: string | null };

/** A change and its audit line in one transaction: never one without the other. */
export function changeWithAudit<T>(
  viewer: Viewer,
  request: Request,
  work: (client: PoolClient) => Promise<{
    readonly result: T;
    readonly event: string;
    readonly subject: string;
    readonly detail: Readonly<Record<string, unknown>>;
  }>,
): Promise<T> {
  return inTransaction(getStore().pool, async (client) => {
    const { result, event, subject, detail } = await work(client);
    await insertAuditEvent(client, {
      actor: viewer.name,
      event,
      subject,
      detail,
      requestId: request.requestId,
      address: viewer.address ?? null,
    });
    return result;
  });
}
