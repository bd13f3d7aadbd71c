import { z } from "zod";
import type { TeamList, TeamQuery } from "../contract/teams.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import { readCostSplit } from "../store/sql/read-cost-split.ts";
import { readTeams } from "../store/sql/read-teams.ts";
import { splitRunRate } from "./compute-cost.ts";
import { cutPage, decodeCursor } from "./cursor.ts";
import { costUnit, figureOrUnknown } from "./figures.ts";
import { loadInstallation } from "./installation.ts";
import { boundFleet } from "./scope.ts";

const SPLIT_WINDOW_MS = 26 * 3_600_000;

/** Teams by name, unowned last, with what they hold and what that costs now. */
export async function listTeams(viewer: Viewer, query: TeamQuery, now = new Date()): Promise<TeamList> {
  const { pool } = getStore();
  const after = decodeCursor(query.cursor, z.string());
  const { scope } = await boundFleet(viewer, { cluster: query.cluster });
  const window = { from: new Date(now.getTime() - SPLIT_WINDOW_MS), to: now };
  const [rows, nodes, shares] = await Promise.all([
    readTeams(pool, scope, { after, limit: query.limit + 1 }),
    readClusterNodes(pool, scope),
    readCostSplit(pool, scope, window),
  ]);
  const { currency } = await loadInstallation();
  const costs = new Map<string | null, number>();
  for (const entry of splitRunRate(nodes, shares, true)) costs.set(entry.team, entry.costPerHour);
  const isSplit = shares.length > 0;
  // Unowned comes last, so a page never ends in it and the cursor is always a name.
  const page = cutPage(rows, query.limit, (row) => row.team ?? "\uffff");
  return {
    items: page.items.map((row) => ({
      ...row,
      costPerHour: figureOrUnknown(costs.get(row.team) ?? (isSplit ? 0 : null), costUnit(currency), "not-yet-read"),
    })),
    nextCursor: page.nextCursor,
    total: null,
    currency,
  };
}
