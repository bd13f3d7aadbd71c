import { FleetFilter, Moment, Paging, paged, TeamName } from "./common.ts";
import { z } from "./zod.ts";

export const WEBHOOK_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
const WebhookName = z.string().regex(WEBHOOK_NAME);
export const AlertWebhook = z
  .object({ name: z.string(), kind: z.enum(["slack", "json"]) })
  .meta({ id: "AlertWebhook" });
export type AlertWebhook = z.infer<typeof AlertWebhook>;
export const AlertLevelName = z.enum(["cluster", "node", "namespace", "workload", "pod", "container"]);
/** `ratio` = share of wall time (0–1); `seconds` = age of the newest good inventory; `count` = reads failed in a row. */
export const AlertUnit = z.enum(["ratio", "seconds", "count"]);
export const AlertTopic = z.enum(["pressure", "stale", "reads"]);

const limits = { isEnabled: z.boolean(), fireAt: z.number(), clearAt: z.number(), forSeconds: z.number().int() };
export const AlertRule = z
  .object({
    id: z.string(),
    topic: AlertTopic,
    level: AlertLevelName,
    resource: z.enum(["cpu", "memory", "io"]).nullable(),
    kind: z.enum(["waiting", "stalled"]).nullable(),
    unit: AlertUnit,
    ...limits,
    /** Names of sluice.yaml; null = every one. */
    webhooks: z.array(z.string()).nullable(),
    isEdited: z.boolean(),
    updatedAt: Moment.nullable(),
    updatedBy: z.string().nullable(),
    /** What holds when the rule is put back. */
    defaults: z.object(limits),
    /** Things that fire by this rule now and that the viewer may see. */
    firingCount: z.number().int(),
  })
  .meta({ id: "AlertRule" });
export type AlertRule = z.infer<typeof AlertRule>;
export const AlertRuleList = z
  .object({
    items: z.array(AlertRule),
    webhooks: z.array(AlertWebhook),
    /** Start of the links in messages; null = `publicUrl` is not set, and messages carry paths. */
    publicUrl: z.string().nullable(),
  })
  .meta({ id: "AlertRuleList" });
export type AlertRuleList = z.infer<typeof AlertRuleList>;
export const AlertRuleParams = z.object({ rule: z.string().min(1).max(100) });
export const AlertRuleInput = z
  .object({
    isEnabled: z.boolean(),
    /** In the rule's unit: the alert fires at or above it … */
    fireAt: z
      .number()
      .positive()
      .max(30 * 86_400),
    /** … and ends below this one. */
    clearAt: z.number().min(0),
    /** How long it must be so before it fires or ends. */
    forSeconds: z.number().int().min(0).max(86_400),
    webhooks: z.array(WebhookName).max(50).nullable(),
  })
  .refine(({ fireAt, clearAt }) => clearAt <= fireAt, { path: ["clearAt"], message: "must not be above fireAt" })
  .meta({ id: "AlertRuleInput" });
export type AlertRuleInput = z.infer<typeof AlertRuleInput>;
export const AlertRuleChange = z.object({ rule: AlertRule }).meta({ id: "AlertRuleChange" });
export type AlertRuleChange = z.infer<typeof AlertRuleChange>;

const subject = {
  cluster: z.string(),
  level: AlertLevelName,
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  container: z.string(),
  team: TeamName,
};
const DeliveryStatus = z.enum(["pending", "sending", "delivered", "failed"]);
export const AlertDelivery = z
  .object({
    id: z.number().int(),
    /** Null = a test. */
    eventId: z.number().int().nullable(),
    webhook: z.string(),
    status: DeliveryStatus,
    attemptCount: z.number().int(),
    /** Of the last attempt: `unreachable`, `timed-out`, `redirected`, `rejected`, `receiver-failed`, `file-unreadable` … */
    reason: z.string().nullable(),
    httpStatus: z.number().int().nullable(),
    createdAt: Moment,
    createdBy: z.string(),
    /** While it is pending. */
    nextAttemptAt: Moment.nullable(),
    finishedAt: Moment.nullable(),
  })
  .meta({ id: "AlertDelivery" });
export type AlertDelivery = z.infer<typeof AlertDelivery>;

const told = {
  ruleId: z.string(),
  topic: AlertTopic,
  resource: z.enum(["cpu", "memory", "io"]).nullable(),
  kindOfPressure: z.enum(["waiting", "stalled"]).nullable(),
  unit: AlertUnit,
  ...subject,
  /** Path of the page that shows it. */
  path: z.string(),
};
export const FiringAlert = z
  .object({
    ...told,
    eventId: z.number().int().nullable(),
    firedAt: Moment.nullable(),
    /** The newest value; its moment. */
    value: z.number().nullable(),
    observedAt: Moment,
    peak: z.number().nullable(),
    fireAt: z.number(),
    clearAt: z.number(),
    /** Since when it has been below `clearAt`, on its way to its end. */
    turningSince: Moment.nullable(),
  })
  .meta({ id: "FiringAlert" });
export type FiringAlert = z.infer<typeof FiringAlert>;
export const AlertEvent = z
  .object({
    ...told,
    id: z.number().int(),
    change: z.enum(["fired", "cleared", "gone", "rule-off"]),
    at: Moment,
    value: z.number().nullable(),
    peak: z.number().nullable(),
    fireAt: z.number(),
    clearAt: z.number(),
    forSeconds: z.number().int(),
    deliveries: z.array(AlertDelivery),
  })
  .meta({ id: "AlertEvent" });
export type AlertEvent = z.infer<typeof AlertEvent>;

export const AlertQuery = z.object({ ...FleetFilter, ...Paging });
export type AlertQuery = z.infer<typeof AlertQuery>;
export const AlertList = paged(AlertEvent)
  .extend({ firing: z.array(FiringAlert), webhooks: z.array(AlertWebhook), publicUrl: z.string().nullable() })
  .meta({ id: "AlertList" });
export type AlertList = z.infer<typeof AlertList>;

export const AlertTestQuery = z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) });
export type AlertTestQuery = z.infer<typeof AlertTestQuery>;
export const AlertTestList = z.object({ items: z.array(AlertDelivery) }).meta({ id: "AlertTestList" });
export type AlertTestList = z.infer<typeof AlertTestList>;
export const AlertWebhookParams = z.object({ webhook: WebhookName });
export const AlertDeliveryParams = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });
export const AlertDeliveryChange = z.object({ delivery: AlertDelivery }).meta({ id: "AlertDeliveryChange" });
export type AlertDeliveryChange = z.infer<typeof AlertDeliveryChange>;
