export type SwapContainer = {
  readonly memoryRequestedBytes: number | null;
  readonly memoryLimitBytes: number | null;
};
export type SwapNode = {
  /** Machine memory and swap, not what is allocatable. */
  readonly memoryCapacityBytes: number | null;
  readonly swapCapacityBytes: number | null;
  /** `memorySwap.swapBehavior` of the kubelet; null = not read. */
  readonly swapBehavior: string | null;
};

/**
 * How much a container may swap by the kubelet's rule for LimitedSwap.
 *
 * Unit: bytes; 0 = it may not swap, null = a fact for the rule is missing.
 * Basis: floor(memory request ÷ node memory × node swap), only for containers of Burstable pods that are not critical, with a
 * request that is set and differs from the limit. Everything else, and every container on a node with NoSwap, gets 0.
 * Source: kubelet, kuberuntime_container_linux.go (same rule in 1.31 to 1.36).
 */
export function limitedSwapBytes(
  container: SwapContainer,
  pod: { readonly qosClass: string | null; readonly isCritical: boolean },
  node: SwapNode,
): number | null {
  if (node.swapBehavior === null) return node.swapCapacityBytes === 0 ? 0 : null;
  if (node.swapBehavior !== "LimitedSwap") return 0;
  if (pod.qosClass === null || node.memoryCapacityBytes === null || node.swapCapacityBytes === null) return null;
  if (pod.qosClass !== "Burstable" || pod.isCritical) return 0;
  // The API server defaults a missing request to the limit, which makes both equal.
  const request = container.memoryRequestedBytes ?? container.memoryLimitBytes;
  if (request === null || request === container.memoryLimitBytes || node.memoryCapacityBytes <= 0) return 0;
  return Math.floor((request / node.memoryCapacityBytes) * node.swapCapacityBytes);
}
