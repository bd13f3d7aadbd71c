import type {
  GpuMigration,
  GpuMigrationParams,
  GpuMigrationPlan,
  GpuMigrationQuery,
  GpuMigrationRow,
} from "../contract/gpu-migration.ts";
import type { Viewer } from "../contract/viewer.ts";
import type { EncodedMatrix } from "../domain/gates/encoded-matrix.ts";
import { isInEffect } from "../domain/gates/gate-state.ts";
import { gpuAsksOf } from "../domain/gpu/gpu-resources.ts";
import { isClaiming, listAskingWorkloads, planMigration } from "../domain/gpu/migration.ts";
import { draVersion } from "../domain/gpu/migration-blockers.ts";
import type { GateFinding, MigrationInput, MigrationPlan } from "../domain/gpu/migration-types.ts";
import { migrationDocuments } from "../domain/manifests/dra-migration.ts";
import { valueOrNull } from "../domain/reading.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import { type GpuInput, loadGpuInput } from "../store/gpu-input.ts";
import { loadSnapshot } from "../store/snapshots.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import { readGpuDevices } from "../store/sql/read-gpu.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import type { Scope } from "../store/sql/rows.ts";
import { computeCoverage } from "./coverage.ts";
import { loadGateMatrices } from "./gate-matrices.ts";
import { boundFleet, isBoundToTeams } from "./scope.ts";

const GATE = "DynamicResourceAllocation";

/**
 * Which workloads ask for accelerators by extended resource, how each would claim instead, and what stands in the way.
 *
 * Basis: the newest inventory and gate readings. Whether pods could start depends on the whole cluster, so plans look at all of it; with
 * a bound to teams only their workloads are told, and what was seen of others' is left out.
 */
export async function getGpuMigration(
  viewer: Viewer,
  query: GpuMigrationQuery,
  now = new Date(),
): Promise<GpuMigration> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, query);
  const [planned, states, nodes] = await Promise.all([
    planClusters(clusters, scope, now),
    readReadStates(pool, scope),
    readClusterNodes(pool, scope),
  ]);
  const isWhole = !isBoundToTeams(viewer) && scope.teams === null;
  return {
    at: now.toISOString(),
    coverage: computeCoverage("inventory", clusters, states, nodes, now),
    clusters: planned.flatMap(({ cluster, input, plans, claimingCount }) =>
      plans.length + claimingCount === 0
        ? []
        : [
            {
              cluster: cluster.name,
              minor: input.minor,
              version: draVersion(input).version,
              claimingCount,
              askingCount: plans.length,
            },
          ],
    ),
    rows: planned.flatMap(({ cluster, plans }) => plans.map((plan) => toRow(cluster.name, plan, isWhole))),
  };
}

/**
 * The objects that move one workload.
 * Errors: `not-found` for a workload that is not there, asks for nothing, or belongs to other teams.
 */
export async function getGpuMigrationPlan(
  viewer: Viewer,
  { id, namespace, kind, name }: GpuMigrationParams,
  now = new Date(),
): Promise<GpuMigrationPlan> {
  const { clusters, scope } = await boundFleet(viewer, { cluster: [id] });
  const [found] = await planClusters(clusters, scope, now);
  const plan = found?.plans.find(
    ({ workload: { ref } }) => ref.namespace === namespace && ref.kind === kind && ref.name === name,
  );
  if (found === undefined || plan === undefined)
    throw new AppError("not-found", `No ${kind} ${namespace}/${name} asks for accelerators by resource in ${id}.`, {
      cluster: id,
    });
  const isWhole = !isBoundToTeams(viewer);
  return {
    at: now.toISOString(),
    workload: toRow(id, plan, isWhole),
    documents: migrationDocuments(plan, found.input.minor).map((document) => ({ ...document })),
  };
}

type ClusterPlans = {
  readonly cluster: ClusterRow;
  readonly input: MigrationInput;
  readonly plans: readonly MigrationPlan[];
  readonly claimingCount: number;
};

async function planClusters(clusters: readonly ClusterRow[], scope: Scope, now: Date): Promise<ClusterPlans[]> {
  const { pool } = getStore();
  const states = await readReadStates(pool, scope);
  const matrices = await loadGateMatrices(pool, clusters, states, now);
  const planned = await Promise.all(
    matrices.map(async ({ cluster, matrix }): Promise<ClusterPlans[]> => {
      const stored = await loadGpuInput(pool, cluster.id);
      if (stored === null) return [];
      const input = await toInput(cluster, stored, matrix, now);
      const sees = (team: string | null) => scope.teams === null || scope.teams.includes(team ?? "");
      const claiming = new Set(
        stored.pods.flatMap(({ pod, team }) =>
          isClaiming(pod) && sees(team) ? [`${pod.namespace}/${pod.workload.kind}/${pod.workload.name}`] : [],
        ),
      );
      const plans = planMigration(input).filter(({ workload }) => sees(workload.team));
      return [{ cluster, input, plans, claimingCount: claiming.size }];
    }),
  );
  return planned.flat();
}

async function toInput(
  cluster: ClusterRow,
  stored: GpuInput,
  matrix: EncodedMatrix,
  now: Date,
): Promise<MigrationInput> {
  const { pool } = getStore();
  const [{ parts }, devices] = await Promise.all([
    loadSnapshot(pool, cluster, now, ["version", "apiResources", "deviceClasses", "resourceSlices"]),
    readGpuDevices(pool, { clusterIds: [cluster.id], teams: null }),
  ]);
  return {
    minor: valueOrNull(parts.version)?.minor ?? matrix.minor,
    apis: valueOrNull(parts.apiResources),
    gate: gateOf(matrix),
    nodes: stored.nodes,
    workloads: listAskingWorkloads(stored.pods, stored.askers ?? []),
    // Not exposed = the group is not served: then nothing is published, which is known.
    slices: parts.resourceSlices.state === "unknown" ? null : (valueOrNull(parts.resourceSlices) ?? []),
    classes: valueOrNull(parts.deviceClasses),
    devices: devices.map((device) => ({
      nodeName: device.nodeName,
      vendor: device.vendor,
      model: device.model,
      access: device.facts.access,
      hasTelemetry: device.facts.hasTelemetry,
      holders: device.holders,
      partitions: device.facts.partitions,
    })),
    pods: stored.pods.map(({ pod }) => pod),
  };
}

/** On where every component that acts on it says so or cannot differ; off where one that was read says so. */
function gateOf({ rows, palette, groups }: EncodedMatrix): GateFinding {
  const row = rows.find((entry) => entry.gate === GATE);
  const cells = (row?.cells ?? []).flatMap((position, index) => {
    const cell = palette[position];
    return cell === undefined || cell.isConsulted === false ? [] : [{ ...cell, label: groups[index]?.label ?? "" }];
  });
  // A component that does not list the gate has not said that it is off.
  const off = cells.filter((cell) => cell.state === "off");
  const on = cells.filter((cell) => isInEffect(cell.state) === true);
  const offIn = off.map(({ label }) => label);
  if (off.length > 0) return { state: on.length > 0 ? "drift" : "off", offIn };
  return { state: on.length > 0 ? "on" : "unknown", offIn };
}

function toRow(
  cluster: string,
  { workload, requests, version, state, blockers }: MigrationPlan,
  isWhole: boolean,
): GpuMigrationRow {
  const { namespace, kind, name } = workload.ref;
  return {
    cluster,
    namespace,
    kind,
    name,
    team: workload.team,
    podCount: workload.podCount,
    nodeCount: workload.nodeNames.length,
    asks: gpuAsksOf(workload.template).map(({ container, resource, count }) => ({
      container,
      resource: resource.name,
      count,
    })),
    requests: requests.map(({ claim, driver, className, isClassThere, selectorCel, models, ask, matchingDevices }) => ({
      claim,
      driver,
      className,
      isClassThere,
      selectorCel,
      models: [...models],
      count: ask.count,
      matchingDevices,
    })),
    version,
    state,
    blockers: blockers.map(({ key, severity, params, evidence }) => ({
      key,
      severity,
      params: { ...params },
      evidence: isWhole ? [...evidence] : [],
    })),
  };
}
