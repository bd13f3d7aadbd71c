import type { AlertRule, AlertRuleList } from "../contract/alerts.ts";
import type { Viewer } from "../contract/viewer.ts";
import { ALERT_DEFINITIONS, effectiveRules } from "../domain/pressure/alert-rules.ts";
import { getStore } from "../store/client.ts";
import type { Db } from "../store/db.ts";
import { readAlertEdits, readFiringAlerts } from "../store/sql/read-alerts.ts";
import { loadInstallation } from "./installation.ts";
import { boundFleet } from "./scope.ts";

/** Every rule as it holds, with its defaults. Rules hold for the whole installation; how many fire is told within bounds. */
export async function listAlertRules(viewer: Viewer): Promise<AlertRuleList> {
  const { pool } = getStore();
  const [items, { webhooks, publicUrl }] = await Promise.all([readAlertRules(viewer, pool), loadInstallation()]);
  return { items, webhooks: [...webhooks], publicUrl };
}

export async function readAlertRules(viewer: Viewer, db: Db): Promise<AlertRule[]> {
  const { scope } = await boundFleet(viewer);
  const edits = await readAlertEdits(db);
  const firing = await readFiringAlerts(db, scope);
  const defaults = new Map(ALERT_DEFINITIONS.map((definition) => [definition.id, definition]));
  return effectiveRules(edits).map((rule) => {
    const edit = edits.find(({ id }) => id === rule.id);
    const { isEnabled, fireAt, clearAt, forSeconds } = defaults.get(rule.id) ?? rule;
    return {
      id: rule.id,
      topic: rule.topic,
      level: rule.level,
      resource: rule.topic === "pressure" ? rule.resource : null,
      kind: rule.topic === "pressure" ? rule.kind : null,
      unit: rule.unit,
      isEnabled: rule.isEnabled,
      fireAt: rule.fireAt,
      clearAt: rule.clearAt,
      forSeconds: rule.forSeconds,
      webhooks: rule.webhooks === null ? null : [...rule.webhooks],
      isEdited: rule.isEdited,
      updatedAt: edit?.updatedAt.toISOString() ?? null,
      updatedBy: edit?.updatedBy ?? null,
      defaults: { isEnabled, fireAt, clearAt, forSeconds },
      firingCount: firing.filter(({ ruleId }) => ruleId === rule.id).length,
    };
  });
}
