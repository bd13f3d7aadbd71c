import type { ActionChange, ActionDecisionInput } from "../contract/actions.ts";
import type { Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";
import { listActions } from "../query/list-actions.ts";
import { removeDecision, upsertDecision } from "../store/sql/read-actions.ts";
import { requireRole } from "./authorize.ts";
import { changeWithAudit, type Request } from "./change.ts";

/**
 * Accepts, dismisses or snoozes an action, or opens it again. Nothing is written to a cluster; the action is kept as it was, so that
 * its outcome can be compared. Errors: `not-found` for one that is not proposed to this viewer.
 */
export async function decideAction(
  viewer: Viewer,
  id: string,
  input: ActionDecisionInput,
  request: Request,
): Promise<ActionChange> {
  requireRole(viewer, "operator", "finance");
  const { items } = await listActions(viewer, {});
  const action = items.find((item) => item.id === id);
  if (action === undefined) throw new AppError("not-found", "There is no such action.", { id });
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
        action,
      });
    return {
      result: { id, status: decision },
      event: `action.${decision}`,
      subject: `action/${id}`,
      detail: { reason: input.reason, untilAt: input.untilAt },
    };
  });
}
