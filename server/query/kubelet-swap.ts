import { getStore } from "../store/client.ts";
import { loadSnapshot } from "../store/snapshots.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";

/** `memorySwap.swapBehavior` by node, from what kubelets said of themselves; a node that did not say is absent. */
export async function readSwapBehaviors(cluster: ClusterRow, now: Date): Promise<ReadonlyMap<string, string>> {
  const { id, name, uid, provider } = cluster;
  const { parts } = await loadSnapshot(getStore().pool, { id, name, uid, provider }, now, ["kubelets"]);
  if (parts.kubelets.state !== "value") return new Map();
  return new Map(
    parts.kubelets.value.flatMap((kubelet) =>
      kubelet.swapBehavior === null ? [] : [[kubelet.nodeName, kubelet.swapBehavior]],
    ),
  );
}
