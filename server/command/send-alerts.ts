import type { AlertDeliveryChange } from "../contract/alerts.ts";
import type { Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";
import { loadInstallation } from "../query/installation.ts";
import { toDelivery } from "../query/list-alerts.ts";
import { boundFleet } from "../query/scope.ts";
import { insertTestDelivery, reopenDelivery } from "../store/sql/write-alerts.ts";
import { requireRole } from "./authorize.ts";
import { changeWithAudit, type Request } from "./change.ts";

/**
 * Puts a test message into the outbox; a collector, which alone knows the address, sends it within seconds.
 * Errors: `not-found` for a name that sluice.yaml does not have, `forbidden`.
 */
export async function testAlertWebhook(
  viewer: Viewer,
  webhook: string,
  request: Request,
  now = new Date(),
): Promise<AlertDeliveryChange> {
  requireRole(viewer, "operator");
  const { webhooks } = await loadInstallation();
  if (!webhooks.some(({ name }) => name === webhook))
    throw new AppError("not-found", `sluice.yaml names no webhook ${webhook}.`, { webhook });
  return changeWithAudit(viewer, request, async (client) => ({
    result: { delivery: toDelivery(await insertTestDelivery(client, webhook, viewer.name, now)) },
    event: "webhook.tested",
    subject: `webhook/${webhook}`,
    detail: {},
  }));
}

/** Gives a failed delivery all its attempts again. Errors: `not-found` when it has not failed or is not the viewer's. */
export async function retryAlertDelivery(
  viewer: Viewer,
  id: number,
  request: Request,
  now = new Date(),
): Promise<AlertDeliveryChange> {
  requireRole(viewer, "operator");
  const { scope } = await boundFleet(viewer);
  return changeWithAudit(viewer, request, async (client) => {
    const delivery = await reopenDelivery(client, scope, id, now);
    if (delivery === null)
      throw new AppError("not-found", "There is no failed delivery of this number.", { id: String(id) });
    return {
      result: { delivery: toDelivery(delivery) },
      event: "delivery.retried",
      subject: `alert-delivery/${id}`,
      detail: { webhook: delivery.webhook },
    };
  });
}
