import type { GroupGrant } from "../auth-settings.ts";
import type { Role } from "../contract/viewer.ts";

export type Grant = {
  readonly roles: readonly Role[];
  readonly clusters: "all" | readonly string[];
  readonly teams: "all" | readonly string[];
};
export const NOTHING: Grant = { roles: [], clusters: [], teams: [] };

/**
 * What somebody's groups allow. The first entry that matches gives the roles; further entries with the very same roles widen the
 * scope. Entries with other roles add nothing, so that no right spreads over a scope that it was not given for.
 * Nobody's group = nothing.
 */
export function grantOfGroups(entries: readonly GroupGrant[], groups: readonly string[]): Grant {
  const mine = new Set(groups);
  const matching = entries.filter(({ group }) => mine.has(group));
  const [first] = matching;
  if (first === undefined) return NOTHING;
  const same = matching.filter((entry) => sameRoles(entry.roles, first.roles));
  // Widened in one direction only: a team of one cluster and another of a second must not become both in both.
  const sameClusters = same.filter((entry) => equalScope(entry.clusters, first.clusters));
  const sameTeams = same.filter((entry) => equalScope(entry.teams, first.teams));
  const widened =
    sameClusters.length > 1
      ? { clusters: first.clusters, teams: union(sameClusters.map((entry) => entry.teams)) }
      : { clusters: union(sameTeams.map((entry) => entry.clusters)), teams: first.teams };
  return { roles: [...new Set(first.roles)], ...widened };
}

function sameRoles(left: readonly Role[], right: readonly Role[]): boolean {
  return left.every((role) => right.includes(role)) && right.every((role) => left.includes(role));
}

type Bound = "all" | readonly string[];

function equalScope(left: Bound, right: Bound): boolean {
  if (left === "all" || right === "all") return left === right;
  return left.length === right.length && left.every((name) => right.includes(name));
}

function union(bounds: readonly Bound[]): Bound {
  const lists: string[] = [];
  for (const bound of bounds) {
    if (bound === "all") return "all";
    lists.push(...bound);
  }
  return [...new Set(lists)];
}
