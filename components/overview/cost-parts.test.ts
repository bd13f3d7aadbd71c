import { describe, expect, it } from "vitest";
import { messagesFor } from "../i18n/catalogue.ts";
import { makeTranslate } from "../i18n/make-translate.ts";
import { toCostParts } from "./cost-parts.ts";

const t = makeTranslate(messagesFor("en"), "en");
const costPerHour = (value: number) => ({ state: "value", unit: "money/h:USD", value }) as const;
const colour = (team: string) => `var(--${team})`;

describe("the parts of the run-rate", () => {
  it("add up to the whole, however many teams there are", () => {
    const teams = Array.from({ length: 30 }, (_, index) => ({
      owner: "team" as const,
      team: `team-${index}`,
      costPerHour: costPerHour(index + 0.25),
    }));
    const rows = [
      ...teams,
      { owner: "unallocated" as const, team: null, costPerHour: costPerHour(12.5) },
      { owner: "unowned" as const, team: null, costPerHour: costPerHour(3) },
    ];
    const parts = toCostParts(rows, colour, t);
    const whole = rows.reduce((sum, row) => sum + row.costPerHour.value, 0);
    expect(parts.reduce((sum, part) => sum + part.value, 0)).toBeCloseTo(whole, 9);
    expect(parts.map(({ key }) => key)).toContain("rest");
    expect(parts.at(-1)).toMatchObject({ key: "unallocated", value: 12.5, isHatched: true });
  });

  it("keeps the only team that would melt by itself", () => {
    const rows = Array.from({ length: 8 }, (_, index) => ({
      owner: "team" as const,
      team: `team-${index}`,
      costPerHour: costPerHour(1),
    }));
    expect(toCostParts(rows, colour, t).map(({ key }) => key)).not.toContain("rest");
  });
});
