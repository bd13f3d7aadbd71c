import type { TeamBudget } from "#server/contract/cost.ts";
import { cn } from "../ui/cn.ts";
import { type Tone, toneFill } from "../ui/tone.ts";

export type BudgetBarProps = { readonly budget: TeamBudget; readonly tone: Tone; readonly label: string };

/** Spent as a bar, the forecast's band as a pale one behind it, the budget as a line. The figures stand below in words. */
export function BudgetBar({ budget, tone, label }: BudgetBarProps) {
  const { monthToDate, forecast, budgetPerMonth } = budget;
  const max = Math.max(monthToDate, forecast?.high ?? 0, budgetPerMonth) * 1.02 || 1;
  const at = (amount: number) => `${Math.min(100, (amount / max) * 100)}%`;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={monthToDate}
      aria-valuemin={0}
      aria-valuemax={budgetPerMonth}
      className="relative h-2.5"
    >
      <div className="absolute inset-0 overflow-hidden rounded-full bg-hovered">
        {forecast !== null && (
          <div
            className={cn("absolute inset-y-0 left-0 opacity-25", toneFill[tone])}
            style={{ width: at(forecast.high) }}
          />
        )}
        {forecast !== null && (
          <div
            className={cn("absolute inset-y-0 left-0 opacity-40", toneFill[tone])}
            style={{ width: at(forecast.cost) }}
          />
        )}
        <div className={cn("absolute inset-y-0 left-0", toneFill[tone])} style={{ width: at(monthToDate) }} />
      </div>
      <div className="absolute -inset-y-1 w-0.5 bg-foreground" style={{ left: at(budgetPerMonth) }} />
    </div>
  );
}
