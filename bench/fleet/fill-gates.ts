import { inTransaction } from "../../server/store/db.ts";
import { saveComponents } from "../../server/store/gates.ts";
import { aNode, componentsAt } from "../../server/testing/builders/index.ts";
import { type Fleet, NODES_PER_CLUSTER } from "./open-fleet.ts";

/** Every gate of every component of every node, as the gates read stores them; one pool of each cluster differs by one gate. */
export async function fillGates({ pool, clusterIds, now }: Fleet): Promise<number> {
  let count = 0;
  for (const [index, clusterId] of clusterIds.entries()) {
    const minor = clusterId % 3 === 0 ? "1.33" : "1.34";
    const kubelet = minor === "1.33" ? "v1.33.4" : "v1.34.9";
    const nodes = Array.from({ length: NODES_PER_CLUSTER }, (_, n) =>
      aNode({ name: `node-${n}`, pool: `pool-${n % 12}`, kubeletVersion: n % 50 === 0 ? "v1.32.8" : kubelet }),
    );
    const changed = nodes.filter((node) => node.pool === `pool-${index % 12}`);
    const usual = nodes.filter((node) => node.pool !== `pool-${index % 12}`);
    const readings = [
      ...componentsAt(minor, {}, usual),
      ...componentsAt(minor, { InPlacePodVerticalScaling: false }, changed).filter(
        (one) => one.component === "kubelet",
      ),
    ];
    await inTransaction(pool, (client) => saveComponents(client, clusterId, readings, now));
    count += readings.length;
  }
  await pool.query(`ANALYZE component`);
  return count;
}
