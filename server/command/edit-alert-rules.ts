import type { AlertRuleChange, AlertRuleInput } from "../contract/alerts.ts";
import type { Viewer } from "../contract/viewer.ts";
import { alertDefinition, HIGHEST_LIMIT } from "../domain/pressure/alert-rules.ts";
import { AppError } from "../errors.ts";
import { loadInstallation } from "../query/installation.ts";
import { readAlertRules } from "../query/list-alert-rules.ts";
import type { Db } from "../store/db.ts";
import { deleteAlertRule, upsertAlertRule } from "../store/sql/write-alerts.ts";
import { requireRole } from "./authorize.ts";
import { changeWithAudit, type Request } from "./change.ts";

/**
 * Sets a rule; collectors judge by it from their next turn on. Errors: `not-found`, `forbidden`, `invalid-input` for a limit that
 * the unit cannot reach or a webhook that sluice.yaml does not name.
 */
export async function saveAlertRule(
  viewer: Viewer,
  id: string,
  input: AlertRuleInput,
  request: Request,
): Promise<AlertRuleChange> {
  requireRole(viewer, "operator");
  const definition = definitionOf(id);
  const highest = HIGHEST_LIMIT[definition.unit];
  if (input.fireAt > highest)
    throw new AppError("invalid-input", `A limit in ${definition.unit} is at most ${highest}.`, { field: "fireAt" });
  if (input.webhooks !== null) {
    const { webhooks } = await loadInstallation();
    const known = new Set(webhooks.map(({ name }) => name));
    const missing = input.webhooks.find((name) => !known.has(name));
    if (missing !== undefined)
      throw new AppError("invalid-input", `sluice.yaml names no webhook ${missing}.`, { field: "webhooks" });
  }
  return changeWithAudit(viewer, request, async (client) => {
    await upsertAlertRule(client, { id, ...input }, viewer.name);
    return {
      result: await changed(viewer, client, id),
      event: "alert-rule.saved",
      subject: `alert-rule/${id}`,
      detail: { ...input },
    };
  });
}

/** Back to the defaults. Errors: `not-found`, `forbidden`. */
export async function resetAlertRule(viewer: Viewer, id: string, request: Request): Promise<AlertRuleChange> {
  requireRole(viewer, "operator");
  definitionOf(id);
  return changeWithAudit(viewer, request, async (client) => {
    await deleteAlertRule(client, id);
    return {
      result: await changed(viewer, client, id),
      event: "alert-rule.reset",
      subject: `alert-rule/${id}`,
      detail: {},
    };
  });
}

function definitionOf(id: string) {
  const definition = alertDefinition(id);
  if (definition === undefined) throw new AppError("not-found", "There is no such alert rule.", { rule: id });
  return definition;
}

async function changed(viewer: Viewer, db: Db, id: string): Promise<AlertRuleChange> {
  const rule = (await readAlertRules(viewer, db)).find((candidate) => candidate.id === id);
  if (rule === undefined) throw new Error("an alert rule was not stored");
  return { rule };
}
