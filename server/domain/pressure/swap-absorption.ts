import { limitedSwapBytes, type SwapContainer, type SwapNode } from "./limited-swap.ts";

/** Swap that a node without any is assumed to be given: a quarter of its memory. */
export const ASSUMED_SWAP_SHARE = 0.25;
/** Memory growth before the kill is taken over this span. */
export const GROWTH_SECONDS = 1_800;

export type Absorption =
  /** It was allowed to swap and was killed nevertheless. */
  | { readonly verdict: "had-swap"; readonly swapBytes: number }
  /** The kubelet's rule gives it no swap whatever the node has. */
  | { readonly verdict: "not-eligible"; readonly reason: "critical" | "qos" | "no-request" | "request-is-limit" }
  | {
      readonly verdict: "might";
      /** What the rule would have allowed it on top of its memory. */
      readonly swapBytes: number;
      /** The node has no swap; a quarter of its memory was assumed. */
      readonly isAssumedSwap: boolean;
      /** How much later it would have been full at the growth seen before; null = it did not grow, or was not measured. */
      readonly boughtSeconds: number | null;
    }
  | { readonly verdict: "unknown" };

/**
 * Whether LimitedSwap might have absorbed an OOM kill. An estimate.
 *
 * Basis: the kubelet's rule for LimitedSwap with the node's swap (or an assumed quarter of its memory); the kill came from the
 * container's own limit; memory went on growing as in the half hour before; swapped pages are not touched again soon. The
 * estimate says how much and how much later, never that the kill would not have happened.
 * Unit: bytes, seconds. Errors: none; a missing fact gives `unknown`.
 */
export function absorbedBySwap(facts: {
  readonly container: SwapContainer;
  readonly pod: { readonly qosClass: string | null; readonly isCritical: boolean };
  readonly node: SwapNode;
  readonly growthBytesPerSecond: number | null;
}): Absorption {
  const { container, pod, node, growthBytesPerSecond } = facts;
  if (node.swapBehavior === "LimitedSwap") {
    const actual = limitedSwapBytes(container, pod, node);
    if (actual !== null && actual > 0) return { verdict: "had-swap", swapBytes: actual };
  }
  if (pod.isCritical) return { verdict: "not-eligible", reason: "critical" };
  if (pod.qosClass === null || node.memoryCapacityBytes === null) return { verdict: "unknown" };
  if (pod.qosClass !== "Burstable") return { verdict: "not-eligible", reason: "qos" };
  const request = container.memoryRequestedBytes ?? container.memoryLimitBytes;
  if (request === null) return { verdict: "not-eligible", reason: "no-request" };
  if (request === container.memoryLimitBytes) return { verdict: "not-eligible", reason: "request-is-limit" };
  const isAssumedSwap = (node.swapCapacityBytes ?? 0) <= 0;
  const swapCapacityBytes = isAssumedSwap
    ? node.memoryCapacityBytes * ASSUMED_SWAP_SHARE
    : (node.swapCapacityBytes ?? 0);
  const swapBytes = limitedSwapBytes(container, pod, { ...node, swapCapacityBytes, swapBehavior: "LimitedSwap" }) ?? 0;
  const boughtSeconds =
    growthBytesPerSecond === null || growthBytesPerSecond <= 0 ? null : swapBytes / growthBytesPerSecond;
  return { verdict: "might", swapBytes, isAssumedSwap, boughtSeconds };
}

export type SwapPolicyNode = {
  readonly pool: string | null;
  readonly behavior: string | null;
  readonly swapCapacityBytes: number | null;
  readonly swapUsedBytes: number | null;
};
export type PolicyBreach =
  /** LimitedSwap is set and the node has no swap: nothing comes of it. */
  | "limited-without-swap"
  /** Most nodes of its pool have another policy. */
  | "differs-from-pool"
  /** It has swap, and its kubelet does not say what containers may do with it. */
  | "policy-unknown";

/** Which nodes are off the policy of their pool, in the order given; null = on it. A pool's policy is what most of it have. */
export function policyBreaches(nodes: readonly SwapPolicyNode[]): (PolicyBreach | null)[] {
  const usual = new Map<string, string | null>();
  for (const [pool, members] of Map.groupBy(nodes, (node) => node.pool ?? "")) {
    const counts = [...Map.groupBy(members, ({ behavior }) => behavior)].map(
      ([behavior, same]) => [behavior, same.length] as const,
    );
    counts.sort(([, a], [, b]) => b - a);
    const [first, second] = counts;
    // Half and half is no policy to be off.
    usual.set(pool, first === undefined || first[1] === second?.[1] ? null : first[0]);
  }
  return nodes.map((node) => {
    const common = usual.get(node.pool ?? "") ?? null;
    if (node.behavior === "LimitedSwap" && node.swapCapacityBytes === 0) return "limited-without-swap";
    if (node.behavior === null) return (node.swapCapacityBytes ?? 0) > 0 ? "policy-unknown" : null;
    return common !== null && common !== node.behavior ? "differs-from-pool" : null;
  });
}
