import type { ActionChange, ActionDecisionInput } from "../contract/actions.ts";
import type { Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";
import { loadInstallation } from "../query/installation.ts";
import { toAction } from "../query/list-actions.ts";
import { boundFleet } from "../query/scope.ts";
import { markActionListDue } from "../store/actions.ts";
import { getStore } from "../store/client.ts";
import { readAction, removeDecision, upsertDecision } from "../store/sql/read-actions.ts";
import { requireRole } from "./authorize.ts";
import { changeWithAudit, type Request } from "./change.ts";

/**
 * Accepts, dismisses or snoozes an action, or opens it again. Nothing is written to a cluster; the action is kept as it was, so that
 * what it brings can be held against it. The totals follow within seconds. Errors: `not-found` for one that is not proposed to this
 * viewer.
 */
export async function decideAction(
  viewer: Viewer,
  id: string,
  input: ActionDecisionInput,
  request: Request,
): Promise<ActionChange> {
  requireRole(viewer, "operator", "finance");
  const { scope } = await boundFleet(viewer);
  const [row, { currency }] = await Promise.all([readAction(getStore().pool, scope, id), loadInstallation()]);
  // Kept whole, with the nodes that go: whether they went is looked up later by whoever may see them.
  const action = row === null ? null : toAction(row, true, currency, new Date());
  if (row === null || action === null) throw new AppError("not-found", "There is no such action.", { id });
  const { decision } = input;
  return changeWithAudit(viewer, request, async (client) => {
    if (decision === "open") await removeDecision(client, id);
    else
      await upsertDecision(client, {
        actionId: id,
        decision,
        reason: input.reason,
        untilAt: input.untilAt,
        decidedBy: viewer.name,
        action: { ...action, isWhole: row.isWhole },
      });
    await markActionListDue(client, row.clusterId);
    return {
      result: { id, status: decision },
      event: `action.${decision}`,
      subject: `action/${id}`,
      detail: { reason: input.reason, untilAt: input.untilAt },
    };
  });
}
