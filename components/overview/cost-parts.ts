import type { Overview } from "#server/contract/overview.ts";
import type { SharePart } from "../charts/share-bar.tsx";
import type { Translate } from "../i18n/catalogue.ts";
import { figureValue } from "../ui/figure.ts";

type OwnerRow = Overview["cost"]["byOwner"][number];
/** More teams than this melt into one part, so that the bar stays legible. */
const TEAMS_SHOWN = 7;

/**
 * The run-rate in parts: the dearest teams, the rest of them as one, then what no team holds.
 * Shape: parts whose sum is the sum of all rows. Unit: that of the rows. Errors: a row without a value is no part.
 */
export function toCostParts(rows: readonly OwnerRow[], colourOf: (team: string) => string, t: Translate): SharePart[] {
  const priced = rows.flatMap((row) => {
    const value = figureValue(row.costPerHour);
    return value === null ? [] : [{ ...row, value }];
  });
  const teams = priced.filter((row) => row.owner === "team").sort((a, b) => b.value - a.value);
  const shown = teams.length > TEAMS_SHOWN + 1 ? teams.slice(0, TEAMS_SHOWN) : teams;
  const rest = teams.slice(shown.length);
  const parts: SharePart[] = shown.map(({ team, value }) => ({
    key: `team/${team}`,
    label: team ?? "",
    value,
    colour: colourOf(team ?? ""),
  }));
  if (rest.length > 0) {
    const value = rest.reduce((sum, row) => sum + row.value, 0);
    parts.push({
      key: "rest",
      label: t("overview.other-teams", { count: rest.length }),
      value,
      colour: "var(--series-rest)",
    });
  }
  for (const [owner, look] of Object.entries(OTHERS)) {
    const own = priced.filter((row) => row.owner === owner);
    if (own.length === 0) continue;
    parts.push({
      key: owner,
      label: t(look.label),
      value: own.reduce((sum, row) => sum + row.value, 0),
      colour: look.colour,
      isHatched: look.isHatched,
    });
  }
  return parts;
}

/** What no team holds, each with its own look: hatched is what nobody uses or nobody could split. */
const OTHERS = {
  unowned: { label: "overview.unowned", colour: "var(--status-attention)", isHatched: false },
  shared: { label: "overview.shared", colour: "var(--series-8)", isHatched: false },
  unallocated: { label: "overview.unallocated", colour: "var(--series-rest)", isHatched: true },
  unsplit: { label: "overview.unsplit", colour: "var(--status-unknown)", isHatched: false },
} as const;
