import { collectInventory, type Inventory } from "../collect/kubernetes/collect-inventory.ts";
import type { ClusterConfig } from "../config.ts";
import { dayIn } from "../domain/cost/billing-day.ts";
import { refuseImplausible } from "../domain/plausible.ts";
import type { ClusterParts, PartName } from "../domain/snapshot.ts";
import { saveClusterIdentity } from "../store/clusters.ts";
import { saveCostLabels } from "../store/cost-labels.ts";
import { saveEvaluatedFacts } from "../store/evaluated-facts.ts";
import { saveGateMatrix } from "../store/gate-matrix.ts";
import { saveGpuInput } from "../store/gpu-input.ts";
import { saveInventory } from "../store/inventory.ts";
import { loadNodeUse } from "../store/node-use.ts";
import type { ReadJob } from "../store/queue.ts";
import { saveServiceRouting } from "../store/service-routing.ts";
import { loadSnapshot, SNAPSHOT_PARTS, saveParts } from "../store/snapshots.ts";
import { saveVerdicts } from "../store/verdicts.ts";
import type { JobContext } from "./context.ts";
import { labelsOfWorkloads } from "./cost-labels.ts";
import { toGpuInput } from "./gpu-devices.ts";
import { judgeFeatures, toEvaluatedFacts } from "./judge-features.ts";
import { indexOwners } from "./owners.ts";
import { priceNodes } from "./price-nodes.ts";
import { recordCosts } from "./record-costs.ts";
import { RULES_VERSION } from "./rules-version.ts";
import { type ReadOutcome, runRead } from "./run-read.ts";

/** Everything in the cluster's API, judged and stored as one snapshot. */
export async function readInventory(
  context: JobContext,
  job: ReadJob,
  cluster: ClusterConfig,
  signal: AbortSignal,
): Promise<void> {
  await runRead(context, {
    ...job,
    signal,
    collect: async (_read, report) => {
      const connection = await context.sources.kubernetes(cluster);
      let done = 0;
      const inventory = await collectInventory(
        connection,
        {
          now: context.now,
          onProgress: (progress) => {
            if (progress.state === "done") done += 1;
            report({ done, total: null, step: `${progress.source}: ${progress.objectCount}` });
          },
        },
        signal,
      );
      return toOutcome(context, job, cluster, { ...inventory, parts: refuseImplausible(inventory.parts) });
    },
  });
}

async function toOutcome(
  context: JobContext,
  job: ReadJob,
  cluster: ClusterConfig,
  inventory: Inventory,
): Promise<ReadOutcome> {
  const { parts, sources } = inventory;
  const failure = failureOf(inventory);
  if (failure !== null) return { sources, failure, save: async () => undefined };

  const { pool, config, now } = context;
  const provider = cluster.provider ?? inventory.provider;
  const others = SNAPSHOT_PARTS.filter((name) => !(name in parts));
  const stored = await loadSnapshot(
    pool,
    { id: job.clusterId, name: cluster.name, uid: inventory.clusterUid, provider },
    now(),
    others,
  );
  const snapshot = {
    ...stored,
    takenAt: now(),
    parts: { ...stored.parts, ...parts } satisfies ClusterParts,
    sources: [...sources, ...stored.sources],
  };
  const owners = indexOwners(config.teams.from, parts);
  const verdicts = judgeFeatures(snapshot, owners, await loadNodeUse(pool, job.clusterId, now()), now());
  const facts = toEvaluatedFacts(snapshot);
  const prices = await priceNodes(context, snapshot);
  return {
    sources,
    failure: null,
    save: async (client, read) => {
      const identity = {
        uid: inventory.clusterUid,
        provider,
        gitVersion: parts.version.state === "value" ? parts.version.value.gitVersion : null,
      };
      if ((await saveClusterIdentity(client, read.clusterId, identity)) === "other-cluster")
        throw new OtherClusterError(cluster.name);
      await saveInventory(client, read.clusterId, parts, {
        teamOfPod: owners.ofPod,
        teamOfWorkload: owners.ofWorkload,
        teamOfNamespace: owners.ofNamespace,
        priceOfNode: prices.ofNode,
      });
      await saveParts(client, read.clusterId, read.id, parts);
      if (parts.services.state === "value")
        await saveServiceRouting(client, read.clusterId, parts.services.value, read.startedAt);
      await saveVerdicts(client, read.clusterId, verdicts, RULES_VERSION, read.startedAt);
      await saveEvaluatedFacts(client, read.clusterId, read.id, facts, read.startedAt);
      await saveGateMatrix(client, read.clusterId, read.id, read.startedAt);
      await recordCosts(client, read, snapshot, owners, prices);
      const labels = labelsOfWorkloads(parts, config.billing.labels);
      await saveCostLabels(client, read.clusterId, labels, dayIn(config.billing.timeZone, read.startedAt));
      const gpuInput = toGpuInput(snapshot, owners, prices);
      if (gpuInput !== null) await saveGpuInput(client, read.clusterId, read.id, gpuInput, read.startedAt);
    },
  };
}

/** The name now leads to another cluster than the one whose history is stored: mixing them would falsify both. */
export class OtherClusterError extends Error {
  constructor(name: string) {
    super(
      `"${name}" now leads to another cluster than before (kube-system UID differs); give the new cluster a new name`,
    );
    this.name = "OtherClusterError";
  }
}

const ESSENTIAL: readonly PartName[] = ["namespaces", "nodes", "pods"];

/** A read in which not one of the essential lists came back brought nothing that is worth replacing anything. */
function failureOf({ parts }: Inventory): ReadOutcome["failure"] {
  let first: ReadOutcome["failure"] = null;
  for (const name of ESSENTIAL) {
    const reading = parts[name as "nodes"];
    if (reading.state !== "unknown") return null;
    first ??= { reason: reading.reason, detail: reading.detail ?? `${name}: ${reading.reason}` };
  }
  return first;
}
