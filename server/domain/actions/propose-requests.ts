import { type ActionDraft, type ActionEvidence, LEAST_COST_PER_MONTH, MONTH_HOURS } from "./action-draft.ts";
import { resizeManifest } from "./resize-manifest.ts";
import { type RightSize, rightSize, type WorkloadUse } from "./right-size.ts";

export type SizedWorkload = WorkloadUse & {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly team: string | null;
  readonly podCount: number;
  /** 90th percentile of hourly means. */
  readonly memoryBytesP90: number | null;
};
/** What its CPU and memory cost per hour; null = no price. */
export type WorkloadRates = { readonly cpuPerHour: number | null; readonly memoryPerHour: number | null };
export type SwapPool = { readonly pool: string; readonly label: string | null };

/** Requests that fit what the workload used. */
export function proposeRightSize(cluster: string, use: SizedWorkload, rates: WorkloadRates, at: Date): ActionDraft[] {
  const size = rightSize(use);
  if (size === null) return [];
  const cpuRatio = ratioOf(size.cpuCores, use.cpuCoresRequested);
  const memoryRatio = ratioOf(size.memoryBytes, use.memoryBytesRequested);
  const freed = freedBy(rates, cpuRatio, memoryRatio);
  if (freed !== null && freed < LEAST_COST_PER_MONTH) return [];
  return [
    {
      id: `right-size/${cluster}/${use.namespace}/${use.kind}/${use.name}`,
      kind: "right-size",
      ...objectOf(use),
      freedPerMonth: freed,
      cash: "packed",
      confidence: size.confidence,
      risk: size.risk,
      facts: rightSizeFacts(use, size),
      guards: [...size.guards],
      evidence: evidenceOf(use, at),
      manifest: resizeManifest({ ...use, cpuCores: size.cpuCores, memoryBytes: size.memoryBytes }),
      touches: [
        ...(size.cpuCores === null ? [] : [`${workloadKey(use)}/cpu`]),
        ...(size.memoryBytes === null ? [] : [`${workloadKey(use)}/memory`]),
      ],
      change: { workload: workloadKey(use), cpuRatio, memoryRatio, pods: null },
      removedNodes: [],
    },
  ];
}

/** Peaks at least this much above what most hours need. */
const BURST_FACTOR = 1.5;
/** Room above the 90th percentile of hours; what goes beyond it is what swap is for. */
const STEADY_HEADROOM = 1.25;
const LEAST_CUT_RATIO = 0.7;
const FEWEST_HOURS = 7 * 24;
const MEMORY_WAITING_RATIO = 0.01;

/**
 * Memory that is requested for peaks which a pool with swap could take.
 *
 * Basis: the largest hourly mean is 1.5 times the 90th percentile or more, the request would fall by 30 % at least to that percentile
 * × 1.25, and in a week of hours neither stalls nor kills were seen. Only where a pool with LimitedSwap is there.
 * Unit: bytes, sums over the pods of today. Errors: none.
 */
export function proposeSwapPool(
  cluster: string,
  use: SizedWorkload,
  rates: WorkloadRates,
  pool: SwapPool | null,
  at: Date,
): ActionDraft[] {
  const { memoryBytesP90: steady, memoryBytesMax: peak, memoryBytesRequested: requested } = use;
  if (pool === null || steady === null || peak === null || requested === null || requested <= 0) return [];
  const isCalm = (use.memoryWaitingRatioMax ?? 0) < MEMORY_WAITING_RATIO && use.oomKillCount === 0;
  const wanted = steady * STEADY_HEADROOM;
  if (use.hourCount < FEWEST_HOURS || !isCalm || peak < steady * BURST_FACTOR || wanted > requested * LEAST_CUT_RATIO)
    return [];
  const memoryRatio = wanted / requested;
  const freed = freedBy({ cpuPerHour: null, memoryPerHour: rates.memoryPerHour }, 1, memoryRatio);
  if (freed !== null && freed < LEAST_COST_PER_MONTH) return [];
  return [
    {
      id: `swap-pool/${cluster}/${use.namespace}/${use.kind}/${use.name}`,
      kind: "swap-pool",
      ...objectOf(use),
      freedPerMonth: freed,
      cash: "packed",
      confidence: "low",
      risk: "high",
      facts: {
        pool: pool.pool,
        memoryBytesRequested: requested,
        memoryBytesWanted: wanted,
        memoryBytesPeak: peak,
        podCount: use.podCount,
        hourCount: use.hourCount,
      },
      guards: [],
      evidence: evidenceOf(use, at),
      manifest: swapManifest(use, wanted, peak, pool),
      touches: [`${workloadKey(use)}/memory`],
      change: { workload: workloadKey(use), cpuRatio: 1, memoryRatio, pods: null },
      removedNodes: [],
    },
  ];
}

/** Only pods whose request and limit differ may swap, so the limit is stated: the peak that was seen. */
function swapManifest(use: SizedWorkload, wanted: number, peak: number, pool: SwapPool): string | null {
  if (!["Deployment", "StatefulSet"].includes(use.kind) || use.podCount < 1) return null;
  const mebibytes = (bytes: number) => `${Math.max(1, Math.ceil(bytes / use.podCount / 2 ** 20))}Mi`;
  const selector =
    pool.label === null
      ? ""
      : `      nodeSelector:
        ${JSON.stringify(pool.label)}: ${JSON.stringify(pool.pool)}
`;
  return `# One pod on the pool with swap (${pool.pool}). Request and limit must differ, or the kubelet gives it no swap.
# Add a toleration if the pool is tainted. With one container put the same lines on the container.
apiVersion: apps/v1
kind: ${use.kind}
metadata:
  namespace: ${JSON.stringify(use.namespace)}
  name: ${JSON.stringify(use.name)}
spec:
  template:
    spec:
${selector}      resources:
        requests:
          memory: ${mebibytes(wanted)}
        limits:
          memory: ${mebibytes(peak * STEADY_HEADROOM)}
`;
}

export function workloadKey(row: { readonly namespace: string; readonly kind: string; readonly name: string }): string {
  return `${row.namespace}/${row.kind}/${row.name}`;
}

function objectOf(use: SizedWorkload) {
  return {
    namespace: use.namespace,
    objectKind: use.kind,
    name: use.name,
    team: use.team,
    isWhole: false,
  } as const;
}

function ratioOf(wanted: number | null, requested: number | null): number {
  return wanted === null || requested === null || requested <= 0 ? 1 : wanted / requested;
}

function freedBy({ cpuPerHour, memoryPerHour }: WorkloadRates, cpuRatio: number, memoryRatio: number): number | null {
  if (cpuPerHour === null && memoryPerHour === null) return null;
  return ((cpuPerHour ?? 0) * (1 - cpuRatio) + (memoryPerHour ?? 0) * (1 - memoryRatio)) * MONTH_HOURS;
}

function rightSizeFacts(use: SizedWorkload, size: RightSize): ActionDraft["facts"] {
  return {
    cpuCoresRequested: use.cpuCoresRequested,
    cpuCoresWanted: size.cpuCores,
    memoryBytesRequested: use.memoryBytesRequested,
    memoryBytesWanted: size.memoryBytes,
    podCount: use.podCount,
    hourCount: use.hourCount,
  };
}

function evidenceOf(use: SizedWorkload, at: Date): ActionEvidence[] {
  const subject = `${use.kind}/${use.namespace}/${use.name}`;
  const saw = (ref: string, value: number | null): ActionEvidence[] =>
    value === null ? [] : [{ kind: "metric", ref, subject, observed: String(value), at }];
  return [
    ...saw("cpuUsedCores, 95th percentile of hours", use.cpuCoresP95),
    ...saw("memoryWorkingSetBytes, 90th percentile of hours", use.memoryBytesP90),
    ...saw("memoryWorkingSetBytes, largest hour", use.memoryBytesMax),
    ...saw("cpuWaitingRatio, largest hour", use.cpuWaitingRatioMax),
    ...saw("cpuThrottledRatio, largest hour", use.cpuThrottledRatioMax),
    ...saw("memoryWaitingRatio, largest hour", use.memoryWaitingRatioMax),
    ...saw("oomKills", use.oomKillCount),
  ];
}
