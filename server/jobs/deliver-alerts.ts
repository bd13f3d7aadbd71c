import type { Dispatcher } from "undici";
import { alertLink, alertPath, testBody, webhookBody } from "../domain/pressure/alert-message.ts";
import { claimDelivery, dueDeliveries, finishAttempt, releaseDelivery } from "../store/alert-outbox.ts";
import { type AlertJob, requestAlertDelivery } from "../store/queue.ts";
import type { JobContext } from "./context.ts";
import { sendWebhook } from "./send-webhook.ts";

const MAX_ATTEMPTS = 8;
const FIRST_RETRY_SECONDS = 10;
const LONGEST_RETRY_SECONDS = 1_800;
/** How long a delivery that this collector cannot send waits for one that can. */
const HAND_OVER_MS = 5_000;

type Context = Pick<JobContext, "pool" | "boss" | "log" | "now"> & {
  readonly config: Pick<JobContext["config"], "webhooks" | "publicUrl">;
};

/** Puts a job into the queue for each delivery whose time has come; the queue holds at most one per delivery. */
export async function requestDueDeliveries(context: Context): Promise<number> {
  const names = Object.keys(context.config.webhooks);
  const due = await dueDeliveries(context.pool, names, context.now());
  for (const { deliveryId } of due) await requestAlertDelivery(context.boss, { deliveryId });
  return due.length;
}

/**
 * One attempt of one delivery. The attempt is counted before it is made, and its outcome stored after: a process that dies in
 * between leaves a claim that another takes up, so a message may arrive twice (with the same key) and is never lost.
 */
export async function deliverAlert(
  context: Context,
  { deliveryId }: AlertJob,
  options: { readonly dispatcher: Dispatcher; readonly signal: AbortSignal },
): Promise<void> {
  const { pool, config, now, log } = context;
  const delivery = await claimDelivery(pool, deliveryId, now());
  if (delivery === null) return;
  const hook = config.webhooks[delivery.webhook];
  if (hook === undefined) {
    await releaseDelivery(pool, deliveryId, new Date(now().getTime() + HAND_OVER_MS));
    return;
  }
  const { news, attemptCount, webhook } = delivery;
  const body =
    news === null
      ? testBody(
          hook.kind,
          webhook,
          alertLink(config.publicUrl, "/pressure?tab=alerts"),
          deliveryId,
          delivery.createdAt,
        )
      : webhookBody(hook.kind, news, alertLink(config.publicUrl, alertPath(news)), deliveryId);
  const outcome = await sendWebhook(hook, body, { ...options, deliveryId });
  if (outcome.state === "delivered") {
    await finishAttempt(pool, deliveryId, outcome, now());
    return;
  }
  const { reason, httpStatus } = outcome;
  const retryAt =
    outcome.mayRetry && attemptCount < MAX_ATTEMPTS
      ? new Date(now().getTime() + retrySeconds(attemptCount) * 1000)
      : null;
  await finishAttempt(pool, deliveryId, { state: "failed", reason, httpStatus, retryAt }, now());
  log.warn({ webhook, deliveryId, reason, httpStatus, attemptCount, isOver: retryAt === null }, "webhook not reached");
}

/** 10 s, 20 s, 40 s … at most half an hour: eight attempts span some twenty minutes. */
export function retrySeconds(attemptCount: number): number {
  return Math.min(FIRST_RETRY_SECONDS * 2 ** (attemptCount - 1), LONGEST_RETRY_SECONDS);
}
