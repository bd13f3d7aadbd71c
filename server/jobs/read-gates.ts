import { collectGates } from "../collect/kubernetes/collect-gates.ts";
import type { ClusterConfig } from "../config.ts";
import type { SourceRecord } from "../domain/coverage.ts";
import { joinSharedParts } from "../domain/join-shared-parts.ts";
import type { ClusterParts, ComponentReading } from "../domain/snapshot.ts";
import { loadCluster } from "../store/clusters.ts";
import { saveEvaluatedFacts } from "../store/evaluated-facts.ts";
import { loadNodeUse } from "../store/node-use.ts";
import type { ReadJob } from "../store/queue.ts";
import { saveSharedParts } from "../store/shared-parts.ts";
import { loadSnapshot, saveParts } from "../store/snapshots.ts";
import { saveVerdicts } from "../store/verdicts.ts";
import type { JobContext } from "./context.ts";
import { judgeFeatures, toEvaluatedFacts } from "./judge-features.ts";
import { indexOwners } from "./owners.ts";
import { RULES_VERSION } from "./rules-version.ts";
import { type ReadOutcome, runRead } from "./run-read.ts";

/** What every component and kubelet says of its gates and configuration, judged together with the last inventory. */
export async function readGates(
  context: JobContext,
  job: ReadJob,
  cluster: ClusterConfig,
  signal: AbortSignal,
): Promise<void> {
  await runRead(context, {
    ...job,
    signal,
    collect: async (_read, report): Promise<ReadOutcome> => {
      const { pool, now, config } = context;
      const stored = await loadCluster(pool, cluster.name);
      const identity = {
        id: job.clusterId,
        name: cluster.name,
        uid: stored?.uid ?? null,
        provider: stored?.provider ?? null,
      };
      const before = await loadSnapshot(pool, identity, now());
      const connection = await context.sources.kubernetes(cluster);
      let done = 0;
      const { parts, sources } = await collectGates(
        connection,
        {
          nodes: before.parts.nodes.state === "value" ? before.parts.nodes.value : [],
          pods: before.parts.pods.state === "value" ? before.parts.pods.value : [],
          now,
          onProgress: (progress) => {
            if (progress.state === "done") done += 1;
            report({ done, total: null, step: progress.source });
          },
        },
        signal,
      );
      const { components, kubelets, ...others } = parts;
      const shared = { components, kubelets };
      const joined = joinSharedParts(shared, before.parts, { kind: "gates", startedAt: now() });
      const snapshot = { ...before, takenAt: now(), parts: { ...before.parts, ...parts, ...joined } };
      const owners = indexOwners(config.teams.from, before.parts);
      const verdicts = judgeFeatures(snapshot, owners, await loadNodeUse(pool, job.clusterId, now()), now());
      const facts = toEvaluatedFacts(snapshot);
      return {
        sources,
        failure: unanswered(sources, components),
        save: async (client, read) => {
          await saveParts(client, read.clusterId, read.id, others);
          await saveSharedParts(client, read, shared);
          await saveVerdicts(client, read.clusterId, verdicts, RULES_VERSION, read.startedAt);
          await saveEvaluatedFacts(client, read.clusterId, read.id, facts, read.startedAt);
        },
      };
    },
  });
}

/** Not one source answered and no component is known by its pod either: what was known stays, marked with why it is not fresher. */
function unanswered(sources: readonly SourceRecord[], components: ClusterParts["components"]): ReadOutcome["failure"] {
  const isTold = ({ gates, explicit, version }: ComponentReading): boolean =>
    gates !== null || explicit !== null || version !== null;
  if (components.state === "value" && components.value.some(isTold)) return null;
  if (sources.some(({ status }) => status !== "failed" && status !== "skipped")) return null;
  const first = sources.find(({ status }) => status === "failed");
  if (first === undefined) return null;
  return { reason: first.reason ?? "unreachable", detail: first.detail ?? "no component answered" };
}
