import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import { METRIC_IDS, type MetricId } from "../domain/metrics.ts";
import { saveCluster, saveClusterIdentity } from "../store/clusters.ts";
import { inTransaction } from "../store/db.ts";
import { ensurePartitions } from "../store/partitions.ts";
import { finishRead, startRead } from "../store/reads.ts";

export type FleetTeam = { readonly team: string | null; readonly namespace: string; readonly podCount: number };

/** A stored cluster for tests of questions: two nodes in two zones, pods of the given teams, one failed source. */
export type FleetCluster = {
  readonly name: string;
  readonly teams: readonly FleetTeam[];
  readonly isRead?: boolean;
};

const NODES = [
  { name: "node-a", pool: "general", zone: "eu-1a", isReady: true, costPerHour: 2 },
  { name: "node-b", pool: "general", zone: "eu-1b", isReady: false, costPerHour: null },
] as const;

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
  await storeNodes(pool, id);
  for (const team of cluster.teams) await storeTeam(pool, id, team, at);
  await storeComponents(pool, id, at);
  await storePressure(pool, id, at);
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

async function storeNodes(pool: Pool, clusterId: number): Promise<void> {
  for (const node of NODES) {
    await pool.query(
      `INSERT INTO node (cluster_id, name, uid, pool, zone, instance_type, capacity_type, is_ready, is_schedulable, is_control_plane,
         kubelet_version, kernel_version, os_image, container_runtime_version, architecture, cpu_cores_allocatable,
         memory_bytes_allocatable, extended, cost_per_hour)
       VALUES ($1, $2, $3, $4, $5, 'm6i.large', 'on-demand', $6, true, false, 'v1.34.9', '6.1', 'linux', 'containerd://2.0', 'amd64', 4,
         17179869184, '{}', $7)`,
      [clusterId, node.name, `uid-${node.name}`, node.pool, node.zone, node.isReady, node.costPerHour],
    );
  }
}

async function storeTeam(
  pool: Pool,
  clusterId: number,
  { team, namespace, podCount }: FleetTeam,
  at: Date,
): Promise<void> {
  const owner = team ?? "";
  const web = `${owner || "nobody"}-web`;
  await pool.query(`INSERT INTO namespace (cluster_id, name, team, labels) VALUES ($1, $2, $3, '{}')`, [
    clusterId,
    namespace,
    team,
  ]);
  await pool.query(
    `INSERT INTO workload (cluster_id, namespace, kind, name, team, pod_count, labels) VALUES ($1, $2, 'Deployment', $3, $4, $5, '{}')`,
    [clusterId, namespace, web, team, podCount],
  );
  for (let index = 0; index < podCount; index += 1) {
    await pool.query(
      `INSERT INTO pod (cluster_id, namespace, name, uid, node_name, workload_kind, workload_name, team, phase, host_network,
         restart_count, cpu_cores_requested, memory_bytes_requested, containers)
       VALUES ($1, $2, $3, $4, 'node-a', 'Deployment', $5, $6, $7, false, 1, 0.5, 1073741824, '[]')`,
      [clusterId, namespace, `${web}-${index}`, randomUUID(), web, team, index === 0 ? "Pending" : "Running"],
    );
  }
  const hour = new Date(Math.floor(at.getTime() / 3_600_000) * 3_600_000);
  await pool.query(
    `INSERT INTO cost_hourly (cluster_id, at, team, namespace, workload_kind, workload_name, pool, resource, share, price_row_id, quantity, cost)
     VALUES ($1, $2, $3, $4, 'Deployment', $5, 'general', 'cpu', 'used', 1, 0.25, 0.5),
            ($1, $2, '', '', '', $6, 'general', 'cpu', 'unallocated', 1, 0.25, 0.5)`,
    [clusterId, hour, owner, namespace, web, `free-${namespace}`],
  );
  await storeSample(pool, clusterId, { level: "workload", namespace, kind: "Deployment", name: web, team }, at, {
    cpuWaitingRatio: 0.3,
    memoryStalledRatio: 0,
  });
  await storeVerdict(pool, clusterId, { team: owner, namespace, name: web }, at);
}

/** One outcome whose evidence, objects and adoption name a team's things. */
async function storeVerdict(
  pool: Pool,
  clusterId: number,
  owner: { readonly team: string; readonly namespace: string; readonly name: string },
  at: Date,
): Promise<void> {
  const { rows } = await pool.query<{
    outcome: { adoption: { byTeam: object; byNamespace: object }; objects: { items: object[] }[] };
  }>(`SELECT outcome FROM verdict WHERE cluster_id = $1 AND feature = 'native-sidecars'`, [clusterId]);
  const seen = {
    kind: "api",
    ref: `/api/v1/namespaces/${owner.namespace}/pods`,
    subject: `${owner.namespace}/${owner.name}`,
    observed: owner.name,
    at: at.toISOString(),
  };
  const stage = (state: string) => ({
    state,
    met: 1,
    of: 2,
    reasonKey: "nothing-needed",
    params: { who: owner.name },
    unknownReason: null,
    evidence: [seen],
    evidenceTotal: 1,
  });
  const before = rows[0]?.outcome;
  const outcome = {
    feature: "native-sidecars",
    verdict: "in-use",
    stages: {
      available: stage("met"),
      enabled: stage("met"),
      ready: stage("met"),
      adopted: stage("partly"),
      effective: stage("met"),
    },
    blockers: [
      {
        key: "blocked",
        params: { name: owner.name },
        severity: "warning",
        count: 1,
        evidence: [seen],
        evidenceTotal: 1,
      },
    ],
    adoption: {
      numerator: 1,
      denominator: 2,
      unit: "pods",
      byTeam: { ...before?.adoption.byTeam, [owner.team]: { met: 1, of: 2 } },
      byNamespace: { ...before?.adoption.byNamespace, [owner.namespace]: { met: 1, of: 2 } },
    },
    objects: [
      {
        key: "listed",
        total: 2,
        items: [
          ...(before?.objects[0]?.items ?? []),
          {
            ref: { kind: "Deployment", namespace: owner.namespace, name: owner.name },
            noteKey: "listed",
            params: { name: owner.name },
          },
        ],
      },
    ],
    value: null,
    unjudged: [],
  };
  await pool.query(
    `INSERT INTO verdict (cluster_id, feature, verdict, adopted_count, adoptable_count, outcome, rules_version, evaluated_at, since_at)
     VALUES ($1, 'native-sidecars', 'in-use', 1, 2, $2, 1, $3, $3)
     ON CONFLICT (cluster_id, feature) DO UPDATE SET outcome = excluded.outcome`,
    [clusterId, JSON.stringify(outcome), at],
  );
  await pool.query(
    `INSERT INTO verdict_history (cluster_id, feature, at, verdict, adopted_count, adoptable_count, by_team)
     VALUES ($1, 'native-sidecars', $2, 'in-use', 1, 2, $3) ON CONFLICT (cluster_id, feature, at) DO UPDATE SET by_team = excluded.by_team`,
    [clusterId, at, JSON.stringify(outcome.adoption.byTeam)],
  );
}

async function storeComponents(pool: Pool, clusterId: number, at: Date): Promise<void> {
  const sets = {
    on: { InPlacePodVerticalScaling: [true, "BETA"] },
    off: { InPlacePodVerticalScaling: [false, "BETA"] },
  };
  for (const [hash, gates] of Object.entries(sets)) {
    await pool.query(`INSERT INTO gate_set (hash, gates) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
      hash,
      JSON.stringify(gates),
    ]);
  }
  const components = [
    ["kube-apiserver", "kube-apiserver-0", "on"],
    ["kubelet", "node-a", "on"],
    ["kubelet", "node-b", "off"],
  ] as const;
  for (const [component, instance, hash] of components) {
    await pool.query(
      `INSERT INTO component (cluster_id, component, instance, version, gate_set_hash, source, read_at, since_at)
       VALUES ($1, $2, $3, '1.34.9', $4, 'component-metrics', $5, $5)`,
      [clusterId, component, instance, hash, at],
    );
  }
  await pool.query(
    `INSERT INTO component (cluster_id, component, instance, unread_reason, unread_detail, read_at, since_at)
     VALUES ($1, 'kube-scheduler', 'kube-scheduler-0', 'unreachable', 'bound to localhost', $2, $2)`,
    [clusterId, at],
  );
  await pool.query(
    `INSERT INTO gate_change (cluster_id, at, component, instance, gate, was_on, is_on, from_version, to_version)
     VALUES ($1, $2, 'kubelet', 'node-b', 'InPlacePodVerticalScaling', true, false, '1.34.9', '1.34.9')`,
    [clusterId, at],
  );
}

async function storePressure(pool: Pool, clusterId: number, at: Date): Promise<void> {
  const node = { level: "node", namespace: "", kind: "", name: "node-a", team: null };
  await storeSample(pool, clusterId, node, at, {
    cpuWaitingRatio: 0.1,
    memoryWaitingRatio: 0.6,
    memoryStalledRatio: 0.2,
  });
}

type Entity = {
  readonly level: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly team: string | null;
};

async function storeSample(
  pool: Pool,
  clusterId: number,
  entity: Entity,
  at: Date,
  values: Partial<Record<MetricId, number>>,
): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO entity (cluster_id, level, namespace, kind, name, container, team, last_seen_at)
     VALUES ($1, $2, $3, $4, $5, '', $6, $7) RETURNING id`,
    [clusterId, entity.level, entity.namespace, entity.kind, entity.name, entity.team, at],
  );
  await pool.query(
    `INSERT INTO metric_raw (cluster_id, entity_id, at, level, covered_seconds, "values") VALUES ($1, $2, $3, $4, 60, $5)`,
    [clusterId, rows[0]?.id, at, entity.level, METRIC_IDS.map((id) => values[id] ?? null)],
  );
}
