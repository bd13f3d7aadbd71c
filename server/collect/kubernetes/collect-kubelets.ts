import type { SourceRecord } from "../../domain/coverage.ts";
import { known, type Reading, unknownBecause } from "../../domain/reading.ts";
import type { ComponentReading, ControlPlaneSample, KubeletFacts, NodeFacts } from "../../domain/snapshot.ts";
import type { KubernetesConnection } from "./connection.ts";
import { unreadBecause } from "./control-plane-components.ts";
import { type GateMaps, parseComponentVersion } from "./gates-page.ts";
import { openKubelet } from "./kubelet-access.ts";
import { mapBounded } from "./map-bounded.ts";
import { type KubeletRead, type KubeletStep, readKubelet } from "./read-kubelet.ts";
import { SourceError } from "./source-error.ts";
import { asSourceError, type OnProgress, okRecord } from "./source-records.ts";

export const NODES_AT_ONCE = 32;

export type KubeletsRead = {
  readonly components: readonly ComponentReading[];
  readonly kubelets: Reading<readonly KubeletFacts[]>;
  readonly samples: readonly ControlPlaneSample[];
  readonly sources: readonly SourceRecord[];
};

/** Each given node once, at most 32 at a time. Nodes that cannot be read are instances with a reason. */
export async function collectKubelets(
  connection: KubernetesConnection,
  nodes: readonly NodeFacts[],
  gateMaps: GateMaps,
  options: { readonly now: () => Date; readonly onProgress?: OnProgress | undefined },
  signal?: AbortSignal,
): Promise<KubeletsRead> {
  const startedAt = options.now();
  const access = connection.config.kubelet?.access ?? "off";
  if (access === "off" || access === "prometheus") return notAsked(access, nodes, startedAt);
  const linux = nodes.filter((node) => node.operatingSystem !== "windows"); // nothing that is read here exists there
  const refusedSteps = new Map<KubeletStep, SourceError>();
  const tally = new Map<KubeletStep, StepTally>();
  let doneCount = 0;
  const reads = await mapBounded(linux, NODES_AT_ONCE, async (node) => {
    const read = await readOne(connection, node, gateMaps, refusedSteps, options.now, signal);
    for (const [step, result] of read.steps) {
      const line = tally.get(step) ?? { okCount: 0, receivedBytes: 0, failures: [] };
      tally.set(step, line);
      line.receivedBytes += result.receivedBytes;
      if (result.error === null) line.okCount += 1;
      else line.failures.push(result.error);
      // The rights are the same on every node: one refusal answers for the rest.
      if (result.error?.status === 403) refusedSteps.set(step, result.error);
    }
    doneCount += 1;
    options.onProgress?.({ source: "kubelets", state: "progress", objectCount: doneCount });
    return read;
  });
  const facts = reads.flatMap((read) => (read.facts === null ? [] : [read.facts]));
  const endedAt = options.now();
  return {
    components: reads.map((read) => read.reading),
    kubelets: kubeletsReading(facts, linux.length, tally, endedAt),
    samples: reads.flatMap((read) => read.samples),
    sources: [...tally].map(([step, line]) => stepRecord(step, line, linux.length, startedAt, endedAt)),
  };
}

type StepTally = { okCount: number; receivedBytes: number; failures: SourceError[] };

async function readOne(
  connection: KubernetesConnection,
  node: NodeFacts,
  gateMaps: GateMaps,
  skip: ReadonlyMap<KubeletStep, SourceError>,
  now: () => Date,
  signal: AbortSignal | undefined,
): Promise<KubeletRead> {
  try {
    const door = await openKubelet(connection, node);
    try {
      return await readKubelet(node, door, gateMaps, skip, now, signal);
    } finally {
      await door.close();
    }
  } catch (thrown) {
    const error = asSourceError(thrown);
    return {
      reading: unreadKubelet(node, error, now()),
      facts: null,
      samples: [],
      steps: new Map([["metrics", { receivedBytes: 0, error }]]),
    };
  }
}

function unreadKubelet(node: NodeFacts, error: SourceError, readAt: Date): ComponentReading {
  return {
    component: "kubelet",
    instance: node.name,
    version: parseComponentVersion(node.kubeletVersion),
    gates: null,
    explicit: null,
    explicitSource: null,
    source: null,
    unread: unreadBecause(error),
    readAt,
  };
}

function notAsked(access: "off" | "prometheus", nodes: readonly NodeFacts[], readAt: Date): KubeletsRead {
  const isOff = access === "off";
  const detail = isOff ? "kubelet.access is off" : "kubelets are read out of Prometheus";
  const error = new SourceError("not-configured", detail);
  return {
    // With Prometheus the same instances come from there; two entries for one kubelet would look like drift.
    components: isOff ? nodes.map((node) => unreadKubelet(node, error, readAt)) : [],
    kubelets: unknownBecause("not-configured", readAt, detail),
    samples: [],
    sources: [
      okRecord("kubelet:metrics", "kubelet", readAt, readAt, {
        status: "skipped",
        reason: "not-configured",
        detail,
        fix: isOff ? { code: "configure-kubelet-access" } : null,
        expectedCount: nodes.length,
        queryCount: 0,
      }),
    ],
  };
}

function kubeletsReading(
  facts: readonly KubeletFacts[],
  nodeCount: number,
  tally: ReadonlyMap<KubeletStep, StepTally>,
  readAt: Date,
): Reading<readonly KubeletFacts[]> {
  if (facts.length === 0 && nodeCount > 0) {
    const failure = commonest([...tally.values()].flatMap((line) => line.failures));
    return unknownBecause(failure?.reason ?? "unreachable", readAt, failure?.message);
  }
  return facts.length === nodeCount
    ? known(facts, readAt)
    : known(facts, readAt, `${facts.length} of ${nodeCount} nodes answered`);
}

function stepRecord(
  step: KubeletStep,
  line: StepTally,
  nodeCount: number,
  startedAt: Date,
  endedAt: Date,
): SourceRecord {
  const failure = commonest(line.failures);
  const isNotServed = failure?.status === 404;
  return okRecord(`kubelet:${step}`, "kubelet", startedAt, endedAt, {
    status:
      failure === null && line.okCount === nodeCount
        ? "ok"
        : line.okCount > 0
          ? "partial"
          : isNotServed
            ? "not-served"
            : "failed",
    reason: failure === null || isNotServed ? null : failure.reason,
    detail: failure === null ? null : `${line.failures.length} of ${nodeCount} nodes: ${failure.message}`,
    fix: failure?.fix ?? null,
    objectCount: line.okCount,
    expectedCount: nodeCount,
    receivedBytes: line.receivedBytes,
    queryCount: line.okCount + line.failures.length,
  });
}

function commonest(errors: readonly SourceError[]): SourceError | null {
  const counts = new Map<string, { error: SourceError; count: number }>();
  for (const error of errors) {
    const entry = counts.get(error.message) ?? { error, count: 0 };
    entry.count += 1;
    counts.set(error.message, entry);
  }
  let best: { error: SourceError; count: number } | null = null;
  for (const entry of counts.values()) if (best === null || entry.count > best.count) best = entry;
  return best?.error ?? null;
}
