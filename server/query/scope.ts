import { UNOWNED } from "../contract/common.ts";
import type { Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import { type ClusterRow, readClusters } from "../store/sql/read-clusters.ts";
import type { Scope } from "../store/sql/rows.ts";

export type FleetPart = {
  readonly cluster?: readonly string[] | undefined;
  readonly team?: readonly string[] | undefined;
};

export type BoundedFleet = {
  readonly scope: Scope;
  /** The clusters of the scope, by name. */
  readonly clusters: readonly ClusterRow[];
};

/**
 * The one way from a viewer to SQL: what was asked for, cut to what the viewer may see. Every statement of the read side
 * takes the result.
 * Errors: `not-found` for a cluster that is not there or not the viewer's; the two are not told apart.
 */
export async function boundFleet(viewer: Viewer, part: FleetPart = {}): Promise<BoundedFleet> {
  const names = intersect(viewer.clusters, part.cluster);
  if (part.cluster !== undefined && names !== null) refuseMissing(part.cluster, new Set(names));
  const clusters = await readClusters(getStore().pool, names);
  if (part.cluster !== undefined) refuseMissing(part.cluster, new Set(clusters.map((cluster) => cluster.name)));
  return {
    clusters,
    scope: { clusterIds: clusters.map((cluster) => cluster.id), teams: boundTeams(viewer, part.team) },
  };
}

/** Teams as the tables write them: `""` is unowned. `null` = every team. */
export function boundTeams(viewer: Viewer, asked?: readonly string[]): readonly string[] | null {
  return intersect(
    viewer.teams,
    asked?.map((team) => (team === UNOWNED ? "" : team)),
  );
}

/** Whether the viewer sees a part of the teams only; then whole-cluster answers are told without names of objects. */
export function isBoundToTeams(viewer: Viewer): boolean {
  return viewer.teams !== "all";
}

function intersect(allowed: "all" | readonly string[], asked: readonly string[] | undefined): readonly string[] | null {
  if (allowed === "all") return asked === undefined ? null : [...new Set(asked)];
  if (asked === undefined) return allowed;
  const may = new Set(allowed);
  return [...new Set(asked)].filter((name) => may.has(name));
}

function refuseMissing(asked: readonly string[], present: ReadonlySet<string>): void {
  const missing = asked.find((name) => !present.has(name));
  if (missing !== undefined)
    throw new AppError("not-found", `There is no cluster named ${missing}.`, { cluster: missing });
}
