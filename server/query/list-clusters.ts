import { z } from "zod";
import type { ClusterList, ClusterListQuery } from "../contract/clusters.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { readClusterNodes, readClusterPods } from "../store/sql/read-cluster-figures.ts";
import { readReadStates, readSourceCounts } from "../store/sql/read-reads.ts";
import { toClusterSummary } from "./cluster-summaries.ts";
import { computeCoverage } from "./coverage.ts";
import { cutPage, decodeCursor } from "./cursor.ts";
import { loadInstallation } from "./installation.ts";
import { boundFleet } from "./scope.ts";

/** Every cluster that the viewer may see, by name, with what is known of it and how fresh that is. */
export async function listClusters(viewer: Viewer, query: ClusterListQuery, now = new Date()): Promise<ClusterList> {
  const { pool } = getStore();
  const after = decodeCursor(query.cursor, z.string());
  const { clusters, scope } = await boundFleet(viewer);
  const [nodes, pods, states, sources] = await Promise.all([
    readClusterNodes(pool, scope),
    readClusterPods(pool, scope),
    readReadStates(pool, scope),
    readSourceCounts(pool, scope),
  ]);
  const { currency } = await loadInstallation();
  const page = cutPage(
    clusters.filter((cluster) => after === null || cluster.name > after),
    query.limit,
    (cluster) => cluster.name,
  );
  return {
    items: page.items.map((cluster) => toClusterSummary(cluster, { nodes, pods, states, sources }, currency, now)),
    nextCursor: page.nextCursor,
    total: clusters.length,
    currency,
    coverage: computeCoverage("inventory", clusters, states, nodes, now),
  };
}
