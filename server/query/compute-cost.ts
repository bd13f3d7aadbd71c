import type { UnknownReason } from "../contract/common.ts";
import type { CostOwner, Overview } from "../contract/overview.ts";
import type { ClusterNodesRow } from "../store/sql/read-cluster-figures.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import type { CostShareRow } from "../store/sql/read-cost-split.ts";
import { costUnit, isoOrNull, RUN_RATE_HOURS_PER_MONTH, sumFigure, unknownFigure, valueFigure } from "./figures.ts";

type CostAnswer = Omit<Overview["cost"], "besideNodes">;
export type OwnerCost = { readonly owner: CostOwner; readonly team: string | null; readonly costPerHour: number };

/**
 * Who holds the run-rate.
 *
 * Shape: one entry per owner, dearest first; their sum is the run-rate of the priced nodes.
 * Unit: the installation's currency per hour, at list price.
 * Basis: cost of the nodes that are there now, in the proportions of each cluster's newest costed hour; the nodes of a
 * cluster without such an hour are `unsplit`. With `teamsOnly` (a viewer or a filter bounded to teams) only the rows of
 * those teams are there, and their sum is less than the cluster.
 * Errors: none; an hour whose cost is unknown splits nothing.
 */
export function splitRunRate(
  nodes: readonly ClusterNodesRow[],
  shares: readonly CostShareRow[],
  teamsOnly: boolean,
): OwnerCost[] {
  const sums = new Map<string, { owner: CostOwner; team: string | null; costPerHour: number }>();
  const add = (owner: CostOwner, team: string | null, costPerHour: number): void => {
    const key = `${owner}/${team ?? ""}`;
    const entry = sums.get(key) ?? { owner, team, costPerHour: 0 };
    entry.costPerHour += costPerHour;
    sums.set(key, entry);
  };
  const byCluster = Map.groupBy(shares, (share) => share.clusterId);
  for (const { clusterId, costPerHour } of nodes) {
    if (costPerHour === null) continue;
    const own = byCluster.get(clusterId) ?? [];
    const clusterCost = own[0]?.clusterCost ?? null;
    if (clusterCost === null || clusterCost <= 0) {
      if (!teamsOnly) add("unsplit", null, costPerHour);
      continue;
    }
    for (const share of own) {
      if (share.cost === null) continue;
      const { owner, team } = ownerOf(share);
      if (teamsOnly && owner !== "team" && owner !== "unowned") continue;
      add(owner, team, (share.cost / clusterCost) * costPerHour);
    }
  }
  return [...sums.values()].sort((a, b) => b.costPerHour - a.costPerHour || a.owner.localeCompare(b.owner));
}

function ownerOf(share: CostShareRow): { owner: CostOwner; team: string | null } {
  if (share.share === "unallocated") return { owner: "unallocated", team: null };
  if (share.share === "overhead") return { owner: "shared", team: null };
  return share.team === "" ? { owner: "unowned", team: null } : { owner: "team", team: share.team };
}

/**
 * The run-rate of the fleet, or of the teams that may be seen. `unread` = why no cluster's nodes are known: then the run-rate is
 * unknown, for no nodes seen is not no nodes.
 */
export function computeOverviewCost(
  clusters: readonly ClusterRow[],
  nodes: readonly ClusterNodesRow[],
  shares: readonly CostShareRow[],
  currency: string,
  teamsOnly: boolean,
  unread: UnknownReason | null,
): CostAnswer {
  const unit = costUnit(currency);
  const month = `money:${currency}` as const;
  const owners = splitRunRate(nodes, shares, teamsOnly);
  const nodeCount = nodes.reduce((sum, row) => sum + row.nodeCount, 0);
  const pricedCount = nodes.reduce((sum, row) => sum + row.pricedCount, 0);
  const part = { covered: pricedCount, of: nodeCount };
  const total = teamsOnly
    ? owners.reduce((sum, owner) => sum + owner.costPerHour, 0)
    : nodes.reduce((sum, row) => sum + (row.costPerHour ?? 0), 0);
  let splitAt: Date | null = null;
  for (const share of shares) if (splitAt === null || share.at < splitAt) splitAt = share.at;
  return {
    costPerHour: unread === null ? sumFigure(total, part, unit, "not-configured") : unknownFigure(unit, unread),
    costPerMonth:
      unread === null
        ? sumFigure(total * RUN_RATE_HOURS_PER_MONTH, part, month, "not-configured")
        : unknownFigure(month, unread),
    byCluster: clusters.map((cluster) => {
      const own = nodes.filter((row) => row.clusterId === cluster.id);
      const row = own[0];
      const ownPart = { covered: row?.pricedCount ?? 0, of: row?.nodeCount ?? 0 };
      const ownCost = teamsOnly
        ? splitRunRate(own, shares, true).reduce((sum, owner) => sum + owner.costPerHour, 0)
        : (row?.costPerHour ?? null);
      return {
        cluster: cluster.name,
        costPerHour:
          row === undefined
            ? unknownFigure(unit, unread ?? "not-yet-read")
            : sumFigure(ownCost, ownPart, unit, "not-configured"),
        nodeCount: row?.nodeCount ?? 0,
        unpricedNodeCount: (row?.nodeCount ?? 0) - (row?.pricedCount ?? 0),
      };
    }),
    byOwner: owners.map(({ owner, team, costPerHour: cost }) => ({
      owner,
      team,
      costPerHour: valueFigure(cost, unit, { at: splitAt }),
    })),
    splitAt: isoOrNull(splitAt),
  };
}
