import type { NodeFacts } from "../../server/domain/snapshot.ts";
import { inTransaction } from "../../server/store/db.ts";
import { saveGateMatrix } from "../../server/store/gate-matrix.ts";
import { saveComponents } from "../../server/store/gates.ts";
import { aNode, componentsAt } from "../../server/testing/builders/index.ts";
import { type Fleet, NODES_PER_CLUSTER } from "./open-fleet.ts";

const POOLS = 12;

export type FilledGates = {
  /** Instances of components in all clusters. */
  readonly instanceCount: number;
  /** Seconds that drawing and storing the matrix of one cluster adds to its read, by cluster. */
  readonly drawSeconds: readonly number[];
};

/**
 * Every gate of every component of every node, as the gates read stores them; one pool of each cluster differs by one gate. The
 * product's own saving writes one cluster per minor and setting, the others are copied from those within the database.
 */
export async function fillGates({ pool, clusterIds, now }: Fleet): Promise<FilledGates> {
  const [spare] = clusterIds;
  if (spare === undefined) throw new Error("a fleet without clusters");
  await pool.query(`CREATE UNLOGGED TABLE bench_component AS SELECT 0 AS variant, * FROM component WHERE false`);
  for (const minor of ["1.33", "1.34"]) {
    const kubelet = kubeletOf(minor);
    const nodes = Array.from({ length: NODES_PER_CLUSTER }, (_, n) =>
      aNode({ name: `node-${n}`, pool: `pool-${n % POOLS}`, kubeletVersion: n % 50 === 0 ? "v1.32.8" : kubelet }),
    );
    for (const isOn of [true, false]) {
      const settings = isOn ? {} : { InPlacePodVerticalScaling: false };
      await inTransaction(pool, (client) => saveComponents(client, spare, readingsOf(minor, settings, nodes), now));
      await pool.query(`INSERT INTO bench_component SELECT $1, * FROM component`, [variantOf(minor, isOn)]);
      await pool.query(`DELETE FROM component`);
      await pool.query(`DELETE FROM gate_change`);
    }
  }
  const columns = await pool.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'component' AND column_name <> 'cluster_id' ORDER BY 1`,
  );
  const list = columns.rows.map(({ name }) => name).join(", ");
  for (const [index, clusterId] of clusterIds.entries()) {
    const minor = clusterId % 3 === 0 ? "1.33" : "1.34";
    await pool.query(
      `INSERT INTO component (cluster_id, ${list}) SELECT $1, ${list} FROM bench_component
        WHERE variant = CASE WHEN component = 'kubelet' AND substr(instance, 6)::int % $2 = $3 THEN $4::int ELSE $5::int END`,
      [clusterId, POOLS, index % POOLS, variantOf(minor, false), variantOf(minor, true)],
    );
  }
  await pool.query(`DROP TABLE bench_component`);
  await pool.query(`ANALYZE component`);
  const drawSeconds: number[] = [];
  for (const clusterId of clusterIds) {
    const from = performance.now();
    await inTransaction(pool, (client) => saveGateMatrix(client, clusterId, crypto.randomUUID(), now));
    drawSeconds.push((performance.now() - from) / 1000);
  }
  const { rows } = await pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM component`);
  return { instanceCount: rows[0]?.count ?? 0, drawSeconds };
}

/** Equal nodes share their gates, as readers hand them out; each version's are made once. */
function readingsOf(minor: string, settings: Readonly<Record<string, boolean>>, nodes: readonly NodeFacts[]) {
  const oneEach = [...new Map(nodes.map((node) => [node.kubeletVersion, node])).values()];
  const samples = componentsAt(minor, settings, oneEach);
  const kubelets = new Map(samples.flatMap((one) => (one.component === "kubelet" ? [[one.version, one]] : [])));
  return [
    ...samples.filter(({ component }) => component !== "kubelet"),
    ...nodes.flatMap((node) => {
      const sample = kubelets.get(node.kubeletVersion);
      return sample === undefined ? [] : [{ ...sample, instance: node.name }];
    }),
  ];
}

function kubeletOf(minor: string): string {
  return minor === "1.33" ? "v1.33.4" : "v1.34.9";
}

function variantOf(minor: string, isOn: boolean): number {
  return Number(minor.slice(2)) * 2 + (isOn ? 1 : 0);
}
