import type { ClusterDetail, NodePoolZone, TeamPods } from "../contract/clusters.ts";
import type { UnknownReason } from "../contract/common.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import {
  type NodePoolRow,
  readClusterNodes,
  readClusterPods,
  readKubeletVersions,
  readNodePools,
} from "../store/sql/read-cluster-figures.ts";
import { readBackfill, readReadStates, readSourceCounts, readSourceStates } from "../store/sql/read-reads.ts";
import { readTeamPods, type TeamPodsRow } from "../store/sql/read-teams.ts";
import { toClusterSummary } from "./cluster-summaries.ts";
import { computeCoverage } from "./coverage.ts";
import { costUnit, sumFigure } from "./figures.ts";
import { loadInstallation, ownSettings } from "./installation.ts";
import { toBackfillState, toSourceState } from "./read-state.ts";
import { boundFleet } from "./scope.ts";

const MAX_SOURCES = 2000;

/** One cluster: nodes by pool and zone, pods by team and phase, and what each source gave or why not. */
export async function getCluster(viewer: Viewer, name: string, now = new Date()): Promise<ClusterDetail> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, { cluster: [name] });
  const [nodes, pods, states, sources, pools, versions, teams, sourceStates, backfill] = await Promise.all([
    readClusterNodes(pool, scope),
    readClusterPods(pool, scope),
    readReadStates(pool, scope),
    readSourceCounts(pool, scope),
    readNodePools(pool, scope),
    readKubeletVersions(pool, scope),
    readTeamPods(pool, scope),
    readSourceStates(pool, scope, { statuses: null, limit: MAX_SOURCES }),
    readBackfill(pool, scope),
  ]);
  const { currency } = await loadInstallation();
  const [cluster] = clusters;
  if (cluster === undefined) throw new Error("boundFleet gave no cluster");
  const summary = toClusterSummary(cluster, { nodes, pods, states, sources }, currency, now);
  return {
    ...summary,
    currency,
    createdAt: cluster.createdAt.toISOString(),
    nodes: pools.map((row) => toNodePoolZone(row, currency)),
    kubeletVersions: versions,
    pods: teams.map(toTeamPods),
    sourceStates: sourceStates.map(toSourceState),
    backfill: toBackfillState(backfill[0]),
    coverage: computeCoverage("inventory", clusters, states, nodes, now),
    settings: ownSettings(cluster.settings),
  };
}

const NOT_REPORTED: UnknownReason = "partial";

function toNodePoolZone(row: NodePoolRow, currency: string): NodePoolZone {
  const of = row.nodeCount;
  return {
    pool: row.pool,
    zone: row.zone,
    nodeCount: row.nodeCount,
    readyCount: row.readyCount,
    readinessUnknownCount: row.readinessUnknownCount,
    cordonedCount: row.cordonedCount,
    cpuCoresAllocatable: sumFigure(row.cpuCores, { covered: row.cpuKnownCount, of }, "cores", NOT_REPORTED),
    memoryBytesAllocatable: sumFigure(row.memoryBytes, { covered: row.memoryKnownCount, of }, "bytes", NOT_REPORTED),
    instanceTypes: row.instanceTypes,
    capacityTypes: row.capacityTypes,
    kubeletVersions: row.kubeletVersions,
    costPerHour: sumFigure(row.costPerHour, { covered: row.pricedCount, of }, costUnit(currency), "not-configured"),
  };
}

function toTeamPods(row: TeamPodsRow): TeamPods {
  return {
    team: row.team,
    podCount: row.podCount,
    byPhase: {
      Pending: row.pending,
      Running: row.running,
      Succeeded: row.succeeded,
      Failed: row.failed,
      Unknown: row.unknown,
    },
    restartCount: row.restartCount,
    cpuCoresRequested: row.cpuCoresRequested,
    memoryBytesRequested: row.memoryBytesRequested,
    namespaceCount: row.namespaceCount,
  };
}
