import type { NodeIdentity, PodOwner } from "../collect/prometheus/labels.ts";
import type { EntityKey } from "../domain/metrics.ts";
import type { ObjectRef } from "../domain/snapshot.ts";
import type { Db } from "../store/db.ts";

/** What a metrics read needs to know of the inventory, in the smallest form: 150,000 pods are about 30 MB. */
export type InventoryIndex = {
  readonly readId: string;
  readonly nodes: readonly (NodeIdentity & {
    readonly cpuCores: number | null;
    readonly memoryBytes: number | null;
    readonly swapBytes: number | null;
  })[];
  readonly podOwner: (namespace: string, pod: string) => PodOwner | null;
  readonly podByIp: (address: string) => { readonly namespace: string; readonly pod: string } | null;
  readonly teamOfWorkload: (namespace: string, kind: string, name: string) => string | null;
  readonly teamOfNamespace: (name: string) => string | null;
  /** The workload of a name, when there is exactly one kind of it. */
  readonly workloadByName: (namespace: string, name: string) => ObjectRef | null;
  readonly requested: readonly {
    readonly nodeName: string | null;
    readonly namespace: string;
    readonly kind: string;
    readonly name: string;
    readonly cpuCores: number | null;
    readonly memoryBytes: number | null;
    /** Pods that run or wait to, by node and workload. */
    readonly podCount: number;
  }[];
};

const cached = new Map<number, InventoryIndex>();

/** The index of the newest good inventory; rebuilt when there is a newer one. Null = none yet. */
export async function loadInventoryIndex(db: Db, clusterId: number): Promise<InventoryIndex | null> {
  const { rows } = await db.query<{ id: string | null }>(
    `SELECT good_read_id AS id FROM read_state WHERE cluster_id = $1 AND kind = 'inventory'`,
    [clusterId],
  );
  const readId = rows[0]?.id ?? null;
  if (readId === null) return null;
  const known = cached.get(clusterId);
  if (known?.readId === readId) return known;
  const index = await buildIndex(db, clusterId, readId);
  cached.set(clusterId, index);
  return index;
}

async function buildIndex(db: Db, clusterId: number, readId: string): Promise<InventoryIndex> {
  const nodes = await db.query<{
    name: string;
    zone: string | null;
    addresses: { type: string; address: string }[];
    cpu: number | null;
    memory: number | null;
    swap: number | null;
  }>(
    `SELECT name, zone, addresses, cpu_cores_capacity AS cpu, memory_bytes_capacity AS memory, swap_capacity_bytes AS swap FROM node WHERE cluster_id = $1`,
    [clusterId],
  );
  const pods = await db.query<{
    namespace: string;
    name: string;
    kind: string;
    workload: string;
    node: string | null;
    ip: string | null;
    host_network: boolean;
    has_device: boolean;
  }>(
    `SELECT namespace, name, workload_kind AS kind, workload_name AS workload, node_name AS node, pod_ip AS ip, host_network, has_device
       FROM pod WHERE cluster_id = $1 AND phase IN ('Pending', 'Running')`,
    [clusterId],
  );
  const workloads = await db.query<{ namespace: string; kind: string; name: string; team: string | null }>(
    `SELECT DISTINCT ON (namespace, kind, name) namespace, kind, name, team FROM (
        SELECT namespace, kind, name, team, 0 AS rank FROM workload WHERE cluster_id = $1
        UNION ALL SELECT namespace, workload_kind, workload_name, team, 1 FROM pod WHERE cluster_id = $1) w
      ORDER BY namespace, kind, name, rank`,
    [clusterId],
  );
  const namespaces = await db.query<{ name: string; team: string | null }>(
    `SELECT name, team FROM namespace WHERE cluster_id = $1`,
    [clusterId],
  );
  const requested = await db.query<{
    node: string | null;
    namespace: string;
    kind: string;
    name: string;
    cpu: number | null;
    memory: number | null;
    pods: number;
  }>(
    `SELECT node_name AS node, namespace, workload_kind AS kind, workload_name AS name, sum(cpu_cores_requested) AS cpu, sum(memory_bytes_requested) AS memory,
            count(*)::int AS pods
       FROM pod WHERE cluster_id = $1 AND phase IN ('Pending', 'Running') AND node_name IS NOT NULL GROUP BY 1, 2, 3, 4`,
    [clusterId],
  );

  const owners = new Map<string, PodOwner>();
  const byIp = new Map<string, { namespace: string; pod: string } | null>();
  const shared = new Map<string, PodOwner["workload"]>();
  for (const row of pods.rows) {
    const key = `${row.namespace}/${row.kind}/${row.workload}`;
    const workload = shared.get(key) ?? { kind: row.kind, namespace: row.namespace, name: row.workload };
    shared.set(key, workload);
    owners.set(`${row.namespace}/${row.name}`, {
      workload,
      nodeName: row.node,
      isHostNetwork: row.host_network,
      holdsDevice: row.has_device,
    });
    // Pods on the host's network share its address: the address names none of them.
    if (row.ip !== null)
      byIp.set(row.ip, row.host_network || byIp.has(row.ip) ? null : { namespace: row.namespace, pod: row.name });
  }
  const teams = new Map(workloads.rows.map((row) => [`${row.namespace}/${row.kind}/${row.name}`, row.team]));
  const byName = new Map<string, ObjectRef | null>();
  for (const { namespace, kind, name } of workloads.rows) {
    const key = `${namespace}/${name}`;
    byName.set(key, byName.has(key) ? null : { kind, namespace, name });
  }
  const namespaceTeams = new Map(namespaces.rows.map((row) => [row.name, row.team]));
  return {
    readId,
    nodes: nodes.rows.map((row) => ({
      name: row.name,
      zone: row.zone,
      addresses: row.addresses,
      cpuCores: row.cpu,
      memoryBytes: row.memory,
      swapBytes: row.swap,
    })),
    podOwner: (namespace, pod) => owners.get(`${namespace}/${pod}`) ?? null,
    podByIp: (address) => byIp.get(address) ?? null,
    workloadByName: (namespace, name) => byName.get(`${namespace}/${name}`) ?? null,
    teamOfWorkload: (namespace, kind, name) => teams.get(`${namespace}/${kind}/${name}`) ?? null,
    teamOfNamespace: (name) => namespaceTeams.get(name) ?? null,
    requested: requested.rows.map((row) => ({
      nodeName: row.node,
      namespace: row.namespace,
      kind: row.kind,
      name: row.name,
      cpuCores: row.cpu,
      memoryBytes: row.memory,
      podCount: row.pods,
    })),
  };
}

/** Team and node of whatever a sample is about. */
export function entityOwner(inventory: InventoryIndex) {
  return (entity: EntityKey): { team: string | null; nodeName: string | null } => {
    if (entity.level === "workload")
      return { team: inventory.teamOfWorkload(entity.namespace, entity.kind, entity.name), nodeName: null };
    if (entity.level === "namespace") return { team: inventory.teamOfNamespace(entity.name), nodeName: null };
    if (entity.level !== "pod" && entity.level !== "container") return { team: null, nodeName: null };
    const owner = inventory.podOwner(entity.namespace, entity.name);
    if (owner === null) return { team: null, nodeName: null };
    return {
      team: inventory.teamOfWorkload(entity.namespace, owner.workload.kind, owner.workload.name),
      nodeName: owner.nodeName,
    };
  };
}
