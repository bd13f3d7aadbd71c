import { SimulateQuery } from "../contract/network.ts";
import { LOOPBACK_VIEWER } from "../contract/viewer.ts";
import type { ActionDraft } from "../domain/actions/action-draft.ts";
import { proposeFeatures } from "../domain/actions/propose-cluster.ts";
import { proposeDevices } from "../domain/actions/propose-devices.ts";
import { proposeJobs } from "../domain/actions/propose-jobs.ts";
import { proposeRightSize, proposeSwapPool, type SwapPool, workloadKey } from "../domain/actions/propose-requests.ts";
import { proposeRoutes } from "../domain/actions/propose-routes.ts";
import type { IdleVolume } from "../domain/actions/propose-volumes.ts";
import { proposeVolumes } from "../domain/actions/propose-volumes.ts";
import { dayIn } from "../domain/cost/billing-day.ts";
import { chargeVolumes } from "../domain/cost/volume-costs.ts";
import { FEATURE_CHECKS } from "../domain/features/checks/index.ts";
import type { FeatureOutcome } from "../domain/features/types.ts";
import { manifestFor } from "../domain/manifests/manifest-for.ts";
import { valueOrNull } from "../domain/reading.ts";
import type { ClusterSnapshot, PodFacts } from "../domain/snapshot.ts";
import { getGpu } from "../query/get-gpu.ts";
import { getNetworkSimulation } from "../query/get-network-simulation.ts";
import { podAmounts } from "../store/inventory.ts";
import { readWorkloadRates, readWorkloadUse } from "../store/sql/read-actions.ts";
import { readOutcomes } from "../store/sql/read-verdicts.ts";
import { toVolumes } from "./charge-volumes.ts";
import type { JobContext } from "./context.ts";
import type { Owners } from "./owners.ts";
import { type NodePrices, priceNodes } from "./price-nodes.ts";

const DAY_MS = 86_400_000;
const USE_DAYS = 14;
const RATE_DAYS = 7;
const NETWORK_DAYS = 7;

export type ActionCluster = { readonly id: number; readonly name: string };
export type ActionInput = {
  readonly context: JobContext;
  readonly cluster: ActionCluster;
  readonly snapshot: ClusterSnapshot;
  readonly owners: Owners;
  readonly now: Date;
};
type Proposer = (input: ActionInput) => Promise<ActionDraft[]>;

/** Everything that can be proposed for a cluster, by what it is read from; one that fails leaves the others standing. */
export const PROPOSERS: Readonly<Record<string, Proposer>> = {
  requests: proposeRequests,
  devices: proposeWaste,
  routes: proposeZones,
  jobs: proposeJobPolicies,
  volumes: proposeIdleVolumes,
  features: proposeReadyFeatures,
};

async function proposeRequests({ context, cluster, snapshot, now }: ActionInput): Promise<ActionDraft[]> {
  const { pool, config } = context;
  const scope = { clusterIds: [cluster.id], teams: null };
  const { timeZone } = config.billing;
  const [use, rates] = await Promise.all([
    readWorkloadUse(pool, scope, { from: new Date(now.getTime() - USE_DAYS * DAY_MS), to: now }),
    readWorkloadRates(pool, scope, {
      from: dayIn(timeZone, new Date(now.getTime() - RATE_DAYS * DAY_MS)),
      to: dayIn(timeZone, now),
    }),
  ]);
  const rateOf = new Map(rates.map((row) => [`${workloadKey(row)}/${row.resource}`, row.costPerHour]));
  const swapPool = findSwapPool(snapshot);
  return use.flatMap((row) => {
    const key = workloadKey(row);
    const price = {
      cpuPerHour: rateOf.get(`${key}/cpu`) ?? null,
      memoryPerHour: rateOf.get(`${key}/memory`) ?? null,
    };
    return [
      ...proposeRightSize(cluster.name, row, price, now),
      ...proposeSwapPool(cluster.name, row, price, swapPool, now),
    ];
  });
}

const POOL_LABELS = ["eks.amazonaws.com/nodegroup", "cloud.google.com/gke-nodepool", "agentpool", "pool"] as const;

/** A pool whose nodes have swap that their kubelets let pods use. */
function findSwapPool({ parts }: ClusterSnapshot): SwapPool | null {
  const limited = new Set(
    (valueOrNull(parts.kubelets) ?? [])
      .filter(({ swapBehavior }) => swapBehavior === "LimitedSwap")
      .map(({ nodeName }) => nodeName),
  );
  for (const node of valueOrNull(parts.nodes) ?? []) {
    if (!((node.swapCapacityBytes ?? 0) > 0) || !limited.has(node.name) || node.pool === null) continue;
    const { pool, labels } = node;
    return { pool, label: POOL_LABELS.find((name) => labels[name] === pool) ?? null };
  }
  return null;
}

async function proposeWaste({ cluster, now }: ActionInput): Promise<ActionDraft[]> {
  const gpu = await getGpu(LOOPBACK_VIEWER, { cluster: [cluster.name] }, now);
  const windowHours = (Date.parse(gpu.to) - Date.parse(gpu.from)) / 3_600_000;
  const waste = gpu.waste.map((row) => ({
    ...row,
    heldHours: Object.values(row.hours).reduce((sum, hours) => sum + hours, 0),
    wastedCost: row.wastedCost.state === "value" ? row.wastedCost.value : null,
  }));
  return proposeDevices(cluster.name, waste, windowHours, now);
}

async function proposeZones({ cluster, snapshot, now }: ActionInput): Promise<ActionDraft[]> {
  const simulation = await getNetworkSimulation(
    LOOPBACK_VIEWER,
    SimulateQuery.parse({ cluster: cluster.name, days: NETWORK_DAYS }),
    now,
  );
  const minor = valueOrNull(snapshot.parts.version)?.minor;
  return proposeRoutes(
    cluster.name,
    simulation.services,
    simulation.coveredHours,
    minor === undefined ? null : Number(minor.split(".")[1]),
    now,
  );
}

async function proposeJobPolicies({ context, cluster, snapshot, owners, now }: ActionInput): Promise<ActionDraft[]> {
  const prices = await priceNodes(context, snapshot);
  const jobs = valueOrNull(snapshot.parts.jobs);
  const pods = valueOrNull(snapshot.parts.pods);
  if (jobs === null || pods === null) return [];
  const nodes = new Map((valueOrNull(snapshot.parts.nodes) ?? []).map((node) => [node.name, node]));
  return proposeJobs(
    cluster.name,
    {
      jobs,
      pods,
      teamOf: owners.ofPod,
      costPerHour: (pod) => requestCost(pod, prices, pod.nodeName === null ? undefined : nodes.get(pod.nodeName)),
    },
    now,
  );
}

/** A pod's requests at the price of its node's cores and memory. */
function requestCost(
  pod: PodFacts,
  prices: NodePrices,
  node: { readonly capacity: { readonly cpuCores: number | null; readonly memoryBytes: number | null } } | undefined,
): number | null {
  const price = pod.nodeName === null ? null : prices.detailOf(pod.nodeName);
  if (price === null || node === undefined) return null;
  const { requests } = podAmounts(pod.template);
  const part = (cost: number | undefined, requested: number | null, capacity: number | null) =>
    cost === undefined || capacity === null || capacity <= 0 ? 0 : (cost * (requested ?? 0)) / capacity;
  return (
    part(price.parts.cpu?.costPerHour, requests.cpuCores, node.capacity.cpuCores) +
    part(price.parts.memory?.costPerHour, requests.memoryBytes, node.capacity.memoryBytes)
  );
}

async function proposeIdleVolumes({ context, cluster, snapshot, owners, now }: ActionInput): Promise<ActionDraft[]> {
  const prices = await priceNodes(context, snapshot);
  const { parts } = snapshot;
  const pods = valueOrNull(parts.pods);
  const facts = valueOrNull(parts.volumes);
  if (pods === null || facts === null) return [];
  const mounted = new Set(
    pods
      .filter(({ phase }) => phase === "Running" || phase === "Pending")
      .flatMap((pod) => pod.template.volumeClaimNames.map((claim) => `${pod.namespace}/${claim}`)),
  );
  // What a workload names in its template is wanted, also while it is scaled to zero.
  for (const workload of valueOrNull(parts.workloads) ?? [])
    for (const claim of workload.template.volumeClaimNames) mounted.add(`${workload.namespace}/${claim}`);
  const claimLabels = new Map(
    (valueOrNull(parts.volumeClaims) ?? []).map((claim) => [`${claim.namespace}/${claim.name}`, claim.labels]),
  );
  const charged = new Map(
    chargeVolumes(
      toVolumes(snapshot).map((volume) => ({ ...volume, claim: null })),
      { mounting: () => [], claiming: () => "" },
      { ...prices.volumes, provider: snapshot.cluster.provider, cluster: snapshot.cluster.name },
    ).map((charge) => [charge.volume, charge]),
  );
  const idle = facts.flatMap((volume): IdleVolume[] => {
    const { claim } = volume;
    const isHeld = volume.phase === "Bound" && claim !== null && mounted.has(`${claim.namespace}/${claim.name}`);
    if (isHeld || volume.capacityBytes === null) return [];
    const charge = charged.get(volume.name);
    return [
      {
        volume: volume.name,
        phase: volume.phase,
        bytes: volume.capacityBytes,
        storageClassName: volume.storageClassName,
        claim: claim === null ? null : { namespace: claim.namespace, name: claim.name },
        team:
          claim === null
            ? null
            : owners.ofLabels(claim.namespace, claimLabels.get(`${claim.namespace}/${claim.name}`) ?? {}),
        since: volume.phase === "Bound" ? volume.createdAt : (volume.lastPhaseTransitionAt ?? volume.createdAt),
        costPerHour: charge?.costPerHour ?? null,
        priceRef: charge?.row == null ? null : `#${charge.row.id} ${charge.row.provider}/${charge.row.key}`,
      },
    ];
  });
  return proposeVolumes(cluster.name, idle, now);
}

/** Features that a Job or sidecar action tells with its objects are not told again without them. */
const TOLD_BY_OTHERS: readonly string[] = ["native-sidecars", "job-pod-failure-policy", "traffic-distribution"];

async function proposeReadyFeatures({ context, cluster, snapshot, now }: ActionInput): Promise<ActionDraft[]> {
  const scope = { clusterIds: [cluster.id], teams: null };
  const checks = FEATURE_CHECKS.filter(({ id }) => !TOLD_BY_OTHERS.includes(id));
  const found = await Promise.all(
    checks.map(async ({ id }) => {
      const [row] = await readOutcomes(context.pool, scope, id);
      const outcome = row === undefined ? null : asOutcome(row.outcome);
      if (outcome?.verdict !== "ready-unused") return [];
      const manifest = manifestFor(id, snapshot);
      const text =
        "because" in manifest
          ? null
          : manifest.documents.map((document) => `# ${document.fileName}\n${document.text}`).join("---\n");
      return [{ outcome, manifest: text, at: row?.evaluatedAt ?? now }];
    }),
  );
  return proposeFeatures(cluster.name, found.flat());
}

/** Stored by saveVerdicts from this very type. Dates inside come back as text and are not used here. */
function asOutcome(stored: unknown): FeatureOutcome | null {
  return typeof stored === "object" && stored !== null && "verdict" in stored ? (stored as FeatureOutcome) : null;
}
