import { randomUUID } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import { dayIn, startOfDayIn } from "../domain/cost/billing-day.ts";
import type { FeatureOutcome, StageOutcome, StageState } from "../domain/features/types.ts";
import type { GpuDevice } from "../domain/gpu/device-model.ts";
import { toManifestFacts } from "../domain/manifests/manifest-facts.ts";
import { known } from "../domain/reading.ts";
import { toUpgradeFacts } from "../domain/upgrade/upgrade-facts.ts";
import { saveCluster, saveClusterIdentity } from "../store/clusters.ts";
import { rollUpCostDays } from "../store/cost-history.ts";
import { inTransaction } from "../store/db.ts";
import { saveEvaluatedFacts } from "../store/evaluated-facts.ts";
import { saveComponents } from "../store/gates.ts";
import { addDeviceHours, saveDevices } from "../store/gpu.ts";
import { saveInventory } from "../store/inventory.ts";
import { saveSamples } from "../store/metrics.ts";
import { ensurePartitions } from "../store/partitions.ts";
import { finishRead, startRead } from "../store/reads.ts";
import { saveVerdicts } from "../store/verdicts.ts";
import { aContainer, aNode, aPod, aTemplate, aWorkload } from "./builders/objects.ts";
import { aComponent, aSnapshot } from "./builders/snapshot.ts";

const BORN = new Date("2026-01-01T00:00:00Z");

export type FleetTeam = { readonly team: string | null; readonly namespace: string; readonly podCount: number };

/** A stored cluster for tests of questions: two nodes in two zones, pods of the given teams, one failed source. */
export type FleetCluster = {
  readonly name: string;
  readonly teams: readonly FleetTeam[];
  readonly isRead?: boolean;
};

/** Stores a cluster as the collector would have left it at `at`; returns its id. */
export async function storeCluster(pool: Pool, cluster: FleetCluster, at: Date): Promise<number> {
  await ensurePartitions(pool, new Date(at.getTime() - 2 * 86_400_000), new Date(at.getTime() + 2 * 86_400_000));
  const settings = {
    poll: { inventorySeconds: 300, metricsSeconds: 60, gatesSeconds: 900 },
    hasPrometheus: true,
    installation: { currency: "EUR", timeZone: "Europe/Berlin", teamsFrom: ["label:team"], retention: null },
  };
  const id = await saveCluster(pool, { name: cluster.name, provider: "aws", isDemo: false, settings });
  if (cluster.isRead === false) return id;
  await saveClusterIdentity(pool, id, { uid: `uid-${cluster.name}`, provider: "aws", gitVersion: "v1.34.9" });
  for (const kind of ["inventory", "metrics", "gates"] as const) await storeRead(pool, id, kind, at);
  await inTransaction(pool, async (client) => {
    await storeInventory(client, id, cluster.teams);
    await storeGates(client, id, at);
    await storeCosts(client, id, cluster.teams, at);
    await storePressure(client, id, cluster.teams, at);
    await storeVerdict(client, id, cluster.teams, at);
    await storeFacts(client, id, cluster.teams, at);
    await storeDevice(client, id, cluster.teams, at);
  });
  return id;
}

async function storeRead(
  pool: Pool,
  clusterId: number,
  kind: "inventory" | "metrics" | "gates",
  at: Date,
): Promise<void> {
  const read = { clusterId, id: randomUUID(), kind, startedAt: at };
  const source = {
    kind: "api-resource",
    reason: null,
    detail: null,
    fix: null,
    objectCount: 2,
    expectedCount: null,
    skippedCount: 0,
    receivedBytes: 1000,
    queryCount: 0,
    durationSeconds: 0.1,
  } as const;
  await startRead(pool, read, "schedule", 1);
  await inTransaction(pool, (client) =>
    finishRead(client, read, {
      status: "partial",
      finishedAt: new Date(at.getTime() + 2000),
      reason: null,
      detail: null,
      sources: [
        { ...source, source: `${kind}:GET /api/v1/nodes`, status: "ok" },
        {
          ...source,
          source: `${kind}:GET /apis/resource.k8s.io/v1/resourceslices`,
          status: "failed",
          reason: "forbidden",
          detail: "the service account may not list resourceslices",
          objectCount: 0,
          fix: {
            code: "grant-rbac",
            rbac: { apiGroups: ["resource.k8s.io"], resources: ["resourceslices"], verbs: ["list"] },
          },
        },
      ],
    }),
  );
}

/** One device that a pod of each team holds in turns, charged for the hour of `at`. */
async function storeDevice(
  client: PoolClient,
  clusterId: number,
  teams: readonly FleetTeam[],
  at: Date,
): Promise<void> {
  const device: GpuDevice = {
    id: "GPU-1",
    nodeName: "node-a",
    pool: "gpu",
    vendor: "nvidia",
    model: "NVIDIA A10G",
    access: "device-plugin",
    sharing: "time-slicing",
    memoryBytes: 24e9,
    hasTelemetry: true,
    activityRatio: 0.4,
    activitySource: "DCGM_FI_DEV_GPU_UTIL",
    memoryUsedBytes: 1e9,
    powerWatts: 100,
    lastErrorCode: 0,
    state: "active",
    stateReason: "busy",
    holders: teams.map((entry) => ({
      namespace: entry.namespace,
      pod: `${workloadOf(entry)}-1`,
      workload: { kind: "Deployment", name: workloadOf(entry) },
      team: entry.team,
      attribution: "telemetry",
      claim: null,
      activityRatio: null,
      memoryUsedBytes: null,
    })),
    partitions: [],
  };
  await saveDevices(client, clusterId, [device], at);
  const hour = new Date(Math.floor(at.getTime() / 3_600_000) * 3_600_000);
  await addDeviceHours(client, clusterId, [device], () => ({ priceRowId: null, costPerHour: 2 }), hour, 1800);
}

const workloadOf = ({ team }: FleetTeam) => `${team ?? "nobody"}-web`;

async function storeInventory(client: PoolClient, clusterId: number, teams: readonly FleetTeam[]): Promise<void> {
  const owner = (namespace: string) => teams.find((entry) => entry.namespace === namespace)?.team ?? null;
  const pods = teams.flatMap((entry) =>
    Array.from({ length: entry.podCount }, (_, index) =>
      aPod({
        name: `${workloadOf(entry)}-${index}`,
        namespace: entry.namespace,
        phase: index === 0 ? "Pending" : "Running",
        workload: { kind: "Deployment", namespace: entry.namespace, name: workloadOf(entry) },
      }),
    ),
  );
  await saveInventory(
    client,
    clusterId,
    {
      namespaces: known(
        teams.map(({ namespace }) => ({ name: namespace, labels: {}, phase: "Active" })),
        BORN,
      ),
      nodes: known(
        [aNode({ name: "node-a", zone: "eu-1a" }), aNode({ name: "node-b", zone: "eu-1b", isReady: false })],
        BORN,
      ),
      pods: known(pods, BORN),
      workloads: known(
        teams.map((entry) => aWorkload({ name: workloadOf(entry), namespace: entry.namespace })),
        BORN,
      ),
    },
    {
      teamOfPod: (pod) => owner(pod.namespace),
      teamOfWorkload: owner,
      teamOfNamespace: owner,
      priceOfNode: (name) => ({ priceRowId: null, costPerHour: name === "node-a" ? 2 : null }),
    },
  );
}

async function storeGates(client: PoolClient, clusterId: number, at: Date): Promise<void> {
  const on = { InPlacePodVerticalScaling: true };
  const shared = [
    aComponent("kube-apiserver", on),
    aComponent("kubelet", on),
    aComponent("kube-scheduler", null, { version: null }),
  ];
  const before = new Date(at.getTime() - 60_000);
  await saveComponents(client, clusterId, [...shared, aComponent("kubelet", on, { instance: "node-b" })], before);
  const off = aComponent("kubelet", { InPlacePodVerticalScaling: false }, { instance: "node-b" });
  await saveComponents(client, clusterId, [...shared, off], at);
}

/** Each team used as much as was left free in its part of the hour. */
async function storeCosts(client: PoolClient, clusterId: number, teams: readonly FleetTeam[], at: Date): Promise<void> {
  const hour = new Date(Math.floor(at.getTime() / 3_600_000) * 3_600_000);
  for (const entry of teams) {
    await client.query(
      `INSERT INTO cost_hourly (cluster_id, at, team, namespace, workload_kind, workload_name, pool, resource, share, price_row_id, quantity, cost)
       VALUES ($1, $2, $3, $4, 'Deployment', $5, 'general', 'cpu', 'used', 1, 0.25, 0.5),
              ($1, $2, '', '', '', $6, 'general', 'cpu', 'unallocated', 1, 0.25, 0.5)`,
      [clusterId, hour, entry.team ?? "", entry.namespace, workloadOf(entry), `free-${entry.namespace}`],
    );
  }
  const timeZone = "Europe/Berlin";
  const day = dayIn(timeZone, at);
  const from = startOfDayIn(timeZone, day);
  await rollUpCostDays(client, clusterId, {
    from,
    to: new Date(from.getTime() + 86_400_000),
    timeZone,
    firstDay: day,
    lastDay: day,
  });
}

async function storePressure(
  client: PoolClient,
  clusterId: number,
  teams: readonly FleetTeam[],
  at: Date,
): Promise<void> {
  const node = { level: "node", namespace: "", kind: "", name: "node-a", container: "" } as const;
  const workloads = teams.map((entry) => ({
    entity: {
      level: "workload",
      namespace: entry.namespace,
      kind: "Deployment",
      name: workloadOf(entry),
      container: "",
    } as const,
    values: { cpuWaitingRatio: 0.3, memoryStalledRatio: 0 },
  }));
  const samples = [
    { entity: node, values: { cpuWaitingRatio: 0.1, memoryWaitingRatio: 0.6, memoryStalledRatio: 0.2 } },
    ...workloads,
  ];
  await saveSamples(client, clusterId, samples, at, 60, (entity) => ({
    team: teams.find((entry) => entry.namespace === entity.namespace)?.team ?? null,
    nodeName: null,
  }));
}

/** One outcome whose evidence, objects, parameters and adoption name every team's things. */
async function storeVerdict(
  client: PoolClient,
  clusterId: number,
  teams: readonly FleetTeam[],
  at: Date,
): Promise<void> {
  const evidence = teams.map((entry) => ({
    kind: "api" as const,
    ref: "/api/v1/pods",
    subject: `${entry.namespace}/${workloadOf(entry)}`,
    observed: workloadOf(entry),
    at,
  }));
  const params = { names: teams.map(workloadOf).join(", "), count: teams.length };
  const share = { met: 1, of: 2 };
  const stage = (state: StageState): StageOutcome => ({
    state,
    ...share,
    reasonKey: "nothing-needed",
    params,
    unknownReason: null,
    evidence,
    evidenceTotal: evidence.length,
  });
  const adoption = {
    numerator: teams.length,
    denominator: teams.length * 2,
    unit: "pods",
    byTeam: Object.fromEntries(teams.map((entry) => [entry.team ?? "", share])),
    byNamespace: Object.fromEntries(teams.map((entry) => [entry.namespace, share])),
  };
  const outcome: FeatureOutcome = {
    feature: "native-sidecars",
    verdict: "in-use",
    stages: {
      available: stage("met"),
      enabled: stage("met"),
      ready: stage("met"),
      adopted: stage("partly"),
      effective: stage("met"),
    },
    blockers: [{ key: "blocked", params, severity: "warning", count: 1, evidence, evidenceTotal: evidence.length }],
    adoption,
    objects: [
      {
        key: "listed",
        total: teams.length,
        items: teams.map((entry) => ({
          ref: { kind: "Deployment", namespace: entry.namespace, name: workloadOf(entry) },
          noteKey: "listed",
          params,
        })),
      },
    ],
    value: { quantity: 3, unit: "pod-hours", key: "listed", params },
    unjudged: [],
  };
  const row = {
    feature: outcome.feature,
    verdict: outcome.verdict,
    adoptedCount: adoption.numerator,
    adoptableCount: adoption.denominator,
    byTeam: adoption.byTeam,
    outcome,
  };
  await saveVerdicts(client, clusterId, [row], 1, at);
}

/** What planner and manifests know of each team: a pod without a controller, a template with an old annotation, a sidecar. */
async function storeFacts(client: PoolClient, clusterId: number, teams: readonly FleetTeam[], at: Date): Promise<void> {
  const containers = [aContainer(), aContainer({ name: "envoy", image: "x/envoy:1" })];
  const template = aTemplate({ containers, appArmorAnnotations: { main: "runtime/default" } });
  const snapshot = aSnapshot({
    pods: teams.map((entry) => aPod({ namespace: entry.namespace, name: `${workloadOf(entry)}-bare`, owner: null })),
    workloads: teams.map((entry) => aWorkload({ namespace: entry.namespace, name: workloadOf(entry), template })),
  });
  const facts = { upgradeFacts: toUpgradeFacts(snapshot), manifestFacts: toManifestFacts(snapshot) };
  await saveEvaluatedFacts(client, clusterId, randomUUID(), facts, at);
}
