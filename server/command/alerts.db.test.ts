import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOOPBACK_VIEWER, type Viewer } from "../contract/viewer.ts";
import { listAlertRules } from "../query/list-alert-rules.ts";
import { listAlerts, listAlertTests } from "../query/list-alerts.ts";
import { getStore } from "../store/client.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { storeCluster } from "../testing/fleet.ts";
import { resetAlertRule, saveAlertRule } from "./edit-alert-rules.ts";
import { retryAlertDelivery, testAlertWebhook } from "./send-alerts.ts";

const request = { requestId: "r-1" };
const READER: Viewer = { ...LOOPBACK_VIEWER, roles: ["viewer"] };
const ACME: Viewer = { name: "acme", roles: ["operator"], clusters: ["shared"], teams: ["acme"] };
const RULE = "workload.memory.waiting";
const input = { isEnabled: true, fireAt: 0.4, clearAt: 0.2, forSeconds: 120, webhooks: ["ops"] };

let database: TestDatabase;
let deliveryOfZorro = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const { pool } = getStore();
  const id = await storeCluster(pool, { name: "shared", teams: [] }, new Date());
  await pool.query(
    `UPDATE cluster SET settings = jsonb_set(settings, '{installation,webhooks}', '[{"name":"ops","kind":"json"}]')`,
  );
  for (const team of ["acme", "zorro"]) {
    const { rows } = await pool.query<{ id: string }>(
      `INSERT INTO alert_event (cluster_id, rule_id, change, at, value, fire_at, clear_at, for_seconds, level, namespace, kind, name, container, team)
       VALUES ($1, $2, 'fired', now(), 0.5, 0.2, 0.1, 600, 'workload', $3, 'Deployment', $3, '', $3) RETURNING id`,
      [id, RULE, team],
    );
    await pool.query(
      `INSERT INTO alert_state (cluster_id, rule_id, entity_id, is_firing, value, observed_at, fired_event_id) VALUES ($1, $2, $3, true, 0.5, now(), $3)`,
      [id, RULE, rows[0]?.id],
    );
    const delivery = await pool.query<{ id: string }>(
      `INSERT INTO alert_delivery (event_id, webhook, status, attempt_count, next_attempt_at, reason, created_at, created_by, finished_at)
       VALUES ($1, 'ops', 'failed', 8, now(), 'unreachable', now(), 'alert', now()) RETURNING id`,
      [rows[0]?.id],
    );
    if (team === "zorro") deliveryOfZorro = Number(delivery.rows[0]?.id);
  }
});
afterAll(async () => {
  await getStore().close();
  await database.drop();
});
const ruleNow = async () => (await listAlertRules(LOOPBACK_VIEWER)).items.find(({ id }) => id === RULE);

describe("editing rules", () => {
  it("stores what a reader sets, says who did, and puts it back", async () => {
    expect(await ruleNow()).toMatchObject({ fireAt: 0.2, isEdited: false, unit: "ratio", updatedBy: null });
    const { rule } = await saveAlertRule(LOOPBACK_VIEWER, RULE, input, request);
    expect(rule).toMatchObject({ fireAt: 0.4, clearAt: 0.2, webhooks: ["ops"], isEdited: true, updatedBy: "loopback" });
    expect(rule.defaults.fireAt).toBe(0.2);
    await resetAlertRule(LOOPBACK_VIEWER, RULE, request);
    expect(await ruleNow()).toMatchObject({ fireAt: 0.2, isEdited: false, webhooks: null });
    const { rows } = await getStore().pool.query(`SELECT event FROM audit_event ORDER BY id`);
    expect(rows).toEqual([{ event: "alert-rule.saved" }, { event: "alert-rule.reset" }]);
  });
  it("refuses readers, rules that are not there, limits beyond the unit and webhooks that nobody configured", async () => {
    await expect(saveAlertRule(READER, RULE, input, request)).rejects.toThrow("operator");
    await expect(saveAlertRule(LOOPBACK_VIEWER, "node.cpu.stalled", input, request)).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(saveAlertRule(LOOPBACK_VIEWER, RULE, { ...input, fireAt: 20 }, request)).rejects.toMatchObject({
      code: "invalid-input",
    });
    await expect(
      saveAlertRule(LOOPBACK_VIEWER, RULE, { ...input, webhooks: ["nobody"] }, request),
    ).rejects.toMatchObject({ code: "invalid-input" });
    expect(await ruleNow()).toMatchObject({ isEdited: false });
  });
});

describe("bounds of teams", () => {
  it("show what fires and what was told of the own team only", async () => {
    const own = await listAlerts(ACME, { limit: 100 });
    expect(own.items.map(({ name }) => name)).toEqual(["acme"]);
    expect(own.firing.map(({ name }) => name)).toEqual(["acme"]);
    expect((await listAlerts(LOOPBACK_VIEWER, { limit: 100 })).firing).toHaveLength(2);
    expect((await listAlertRules(ACME)).items.find(({ id }) => id === RULE)?.firingCount).toBe(1);
  });
  it("hold for trying again", async () => {
    await expect(retryAlertDelivery(ACME, deliveryOfZorro, request)).rejects.toMatchObject({ code: "not-found" });
    const { delivery } = await retryAlertDelivery(LOOPBACK_VIEWER, deliveryOfZorro, request);
    expect(delivery).toMatchObject({ status: "pending", attemptCount: 0, finishedAt: null });
  });
});

describe("pages of events", () => {
  it("go on where the last ended", async () => {
    const first = await listAlerts(LOOPBACK_VIEWER, { limit: 1 });
    const second = await listAlerts(LOOPBACK_VIEWER, { limit: 1, cursor: first.nextCursor ?? "" });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(["zorro", "acme"]);
    expect(second.nextCursor).toBeNull();
    expect(first.items[0]?.path).toBe(
      "/pressure/shared/workloads/zorro/Deployment/zorro?resource=memory&kind=waiting&window=1h",
    );
  });
});

describe("testing a webhook", () => {
  it("puts one message into the outbox and shows what becomes of it", async () => {
    const { delivery } = await testAlertWebhook(LOOPBACK_VIEWER, "ops", request);
    expect(delivery).toMatchObject({ eventId: null, webhook: "ops", status: "pending", createdBy: "loopback" });
    expect((await listAlertTests(LOOPBACK_VIEWER, { limit: 5 })).items.map(({ id }) => id)).toEqual([delivery.id]);
  });
  it("is refused for a name without an address and to readers", async () => {
    await expect(testAlertWebhook(LOOPBACK_VIEWER, "nobody", request)).rejects.toMatchObject({ code: "not-found" });
    await expect(testAlertWebhook(READER, "ops", request)).rejects.toMatchObject({ code: "forbidden" });
  });
});
