import { getStore } from "../store/client.ts";
import { readKubeletSwap } from "../store/sql/read-kubelet-swap.ts";
import type { Scope } from "../store/sql/rows.ts";

/** `memorySwap.swapBehavior` by cluster and node, from what kubelets said of themselves; a node that did not say is absent. */
export async function readSwapBehaviors(
  scope: Scope,
  now: Date,
): Promise<ReadonlyMap<number, ReadonlyMap<string, string>>> {
  const rows = await readKubeletSwap(getStore().pool, scope, now);
  return new Map(
    [...Map.groupBy(rows, ({ clusterId }) => clusterId)].map(([clusterId, own]) => [
      clusterId,
      new Map(own.flatMap(({ behavior, nodeNames }) => nodeNames.map((name) => [name, behavior] as const))),
    ]),
  );
}

/** The same of one node; null = it did not say. */
export async function readSwapBehavior(scope: Scope, node: string, now: Date): Promise<string | null> {
  const [row] = await readKubeletSwap(getStore().pool, scope, now, node);
  return row?.behavior ?? null;
}
