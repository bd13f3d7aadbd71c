import { z } from "zod";
import type { GateChangeList, GateChangeQuery, GateList, GateQuery, GateRow } from "../contract/gates.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { readGateChanges } from "../store/sql/read-gates.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import { computeCoverage } from "./coverage.ts";
import { cutPage, decodeCursor } from "./cursor.ts";
import { isoOrNull } from "./figures.ts";
import { drawFleet } from "./gate-fleet.ts";
import { loadGateMatrices } from "./gate-matrices.ts";
import { boundFleet } from "./scope.ts";
import { targetMinors } from "./target-minors.ts";

/** Every gate on every component and node group of the fleet, with drift within and between clusters. */
export async function listGates(viewer: Viewer, query: GateQuery, now = new Date()): Promise<GateList> {
  const { pool } = getStore();
  const after = decodeCursor(query.cursor, z.string());
  const { clusters, scope } = await boundFleet(viewer, { cluster: query.cluster });
  const states = await readReadStates(pool, scope);
  const matrices = await loadGateMatrices(pool, clusters, states, now);
  // Counted when the matrix was put together: counting 100,000 nodes anew would take longer than all the rest.
  const nodes = matrices.map(({ cluster, nodeCount }) => ({ clusterId: cluster.id, nodeCount }));
  const { rows, columns, palette } = drawFleet(matrices, query.target ?? null);
  const chosen = rows.filter((row) => isAsked(row, query));
  const page = cutPage(
    chosen.filter((row) => after === null || row.gate > after),
    query.limit,
    (row) => row.gate,
  );
  const count = (only: GateQuery["only"]) => rows.filter((row) => isAsked(row, { only })).length;
  return {
    items: [...page.items],
    nextCursor: page.nextCursor,
    total: chosen.length,
    columns,
    palette,
    clusters: matrices.map(({ cluster, matrix, takenAt, isRead }) => ({
      name: cluster.name,
      minor: matrix.minor,
      takenAt: isRead ? isoOrNull(takenAt) : null,
    })),
    targets: targetMinors(clusters),
    counts: {
      drift: count("drift"),
      fleet: count("fleet"),
      explicit: count("explicit"),
      differs: count("differs"),
      vanishes: query.target === undefined ? null : count("vanishes"),
      unlisted: count("unlisted"),
    },
    coverage: computeCoverage("gates", clusters, states, nodes, now),
  };
}

function isAsked(row: GateRow, { search, only }: Pick<GateQuery, "search" | "only">): boolean {
  if (search !== undefined && !row.gate.toLowerCase().includes(search.toLowerCase())) return false;
  switch (only) {
    case undefined:
      return true;
    case "drift":
      // Drift is a difference that no version explains: within a cluster, or between clusters of one minor.
      return row.drift.length > 0 || row.fleetDrift?.isWithinOneMinor === true;
    case "fleet":
      return row.fleetDrift !== null;
    case "explicit":
      return row.isSetExplicitly;
    case "differs":
      return row.differsFromDefault;
    case "vanishes":
      return row.vanishesByTarget === true;
    case "unlisted":
      return !row.isInCatalogue;
  }
}

const DAY_MS = 86_400_000;

/** Which gate changed where and when, newest first. */
export async function listGateChanges(
  viewer: Viewer,
  query: GateChangeQuery,
  now = new Date(),
): Promise<GateChangeList> {
  const { clusters, scope } = await boundFleet(viewer, { cluster: query.cluster });
  const rows = await readGateChanges(getStore().pool, scope, {
    gate: query.gate ?? null,
    from: new Date(now.getTime() - query.days * DAY_MS),
    to: new Date(now.getTime() + 1),
    limit: query.limit + 1,
  });
  const names = new Map(clusters.map((cluster) => [cluster.id, cluster.name]));
  return {
    items: rows.slice(0, query.limit).map(({ clusterId, at, ...row }) => ({
      ...row,
      cluster: names.get(clusterId) ?? "",
      at: at.toISOString(),
      cause: row.fromVersion === row.toVersion ? ("setting" as const) : ("version" as const),
    })),
    isCut: rows.length > query.limit,
  };
}
