import type { BudgetChange, BudgetInput } from "../contract/prices.ts";
import type { Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";
import { boundTeams } from "../query/scope.ts";
import type { StoredBudget } from "../store/sql/read-prices.ts";
import { deleteBudget as deleteStoredBudget, upsertBudget } from "../store/sql/write-prices.ts";
import { requireRole } from "./authorize.ts";
import { changeWithAudit, type Request } from "./change.ts";

/** Sets what a team may spend per month from a day on. Errors: `forbidden` for a team that the viewer may not see. */
export function saveBudget(viewer: Viewer, input: BudgetInput, request: Request): Promise<BudgetChange> {
  requireRole(viewer, "finance");
  const teams = boundTeams(viewer);
  if (teams !== null && !teams.includes(input.team)) throw new AppError("forbidden", "This team is not yours.");
  return changeWithAudit(viewer, request, async (client) => {
    const budget = await upsertBudget(client, input, viewer.name);
    return {
      result: toChange(budget),
      event: "budget.saved",
      subject: `budget/${budget.id}`,
      detail: { ...input },
    };
  });
}

/** Errors: `not-found`, also for a budget of a team that the viewer may not see. */
export function deleteBudget(viewer: Viewer, id: number, request: Request): Promise<BudgetChange> {
  requireRole(viewer, "finance");
  return changeWithAudit(viewer, request, async (client) => {
    const budget = await deleteStoredBudget(client, id, boundTeams(viewer));
    if (budget === null) throw new AppError("not-found", "There is no such budget.", { id: String(id) });
    return {
      result: toChange(budget),
      event: "budget.deleted",
      subject: `budget/${id}`,
      detail: { team: budget.team, costPerMonth: budget.costPerMonth, validFrom: budget.validFrom },
    };
  });
}

function toChange(budget: StoredBudget): BudgetChange {
  return { budget: { ...budget, createdAt: budget.createdAt.toISOString() } };
}
