import type { EntityKey, EntityLevel, EntitySample, MetricId } from "../../domain/metrics.ts";
import type { NodeResolver, PodOwner, PodOwnerOf } from "./labels.ts";
import type { InstantSample } from "./parse-answer.ts";

/** A quantity of which only the highest rows came back: everything else of that level is at or below `belowValue`. */
export type MetricCut = {
  readonly metric: MetricId;
  readonly level: "pod" | "container";
  readonly belowValue: number;
  readonly keptCount: number;
};

export type SampleContext = {
  readonly resolveNode: NodeResolver;
  readonly podOwner: PodOwnerOf;
  /** False = the kernel keeps no pressure there (cgroup v1): its zeros are not measurements. `null` = not known. */
  readonly hasPressure: (node: string) => boolean | null;
};

const NETWORK: ReadonlySet<MetricId> = new Set(["networkReceiveBytesPerSecond", "networkTransmitBytesPerSecond"]);
const PRESSURE: ReadonlySet<MetricId> = new Set([
  "cpuWaitingRatio",
  "cpuStalledRatio",
  "memoryWaitingRatio",
  "memoryStalledRatio",
  "ioWaitingRatio",
  "ioStalledRatio",
]);
/** Shares of time: the worst member stands for the group, never the sum. */
const WORST_OF: ReadonlySet<MetricId> = new Set([...PRESSURE, "cpuThrottledRatio"]);

/** Gathers rows of many parts into one sample per entity. */
export class SampleTable {
  readonly #context: SampleContext;
  readonly #samples = new Map<
    string,
    { readonly entity: EntityKey; readonly values: Partial<Record<MetricId, number>> }
  >();
  readonly #cuts: MetricCut[] = [];
  /** Rows whose node, pod or value could not be used. */
  unplacedCount = 0;

  constructor(context: SampleContext) {
    this.#context = context;
  }

  /** Rows of a node part. The first part with a value for a node wins, so hand parts in by preference. */
  addNodeRows(metric: MetricId, isCadvisorRoot: boolean, rows: readonly InstantSample[]): void {
    const best = new Map<string, number>();
    for (const { labels, value } of rows) {
      const node = this.#context.resolveNode(labels);
      if (node === null || !isUsable(value)) {
        this.unplacedCount += 1;
        continue;
      }
      // On cgroup v1 cAdvisor writes 0 for files that do not exist.
      if (isCadvisorRoot && PRESSURE.has(metric) && value === 0 && this.#context.hasPressure(node) !== true) continue;
      best.set(node, Math.max(best.get(node) ?? 0, value));
    }
    for (const [node, value] of best) {
      const values = this.#valuesOf("node", "", "", node, "");
      values[metric] ??= toStored(metric, value);
    }
  }

  /**
   * Rows of a pod part → pods, their workloads and namespaces. Sums of a cut list would be too small, so a workload or
   * namespace gets one only where the rest is known to be zero; the worst of a group is exact in a cut list as well.
   */
  addPodRows(metric: MetricId, rows: readonly InstantSample[], cutAt: number | null): void {
    const isWorst = WORST_OF.has(metric);
    const canAdd = isWorst || cutAt === null || cutAt === 0;
    const workloads = new Map<string, { readonly owner: PodOwner; value: number }>();
    const namespaces = new Map<string, number>();
    if (cutAt !== null) this.#cuts.push({ metric, level: "pod", belowValue: cutAt, keptCount: rows.length });
    for (const { labels, value } of rows) {
      const pod = labels.exported_pod ?? labels.pod ?? "";
      const namespace = labels.exported_namespace ?? labels.namespace ?? "";
      if (pod === "" || namespace === "" || !isUsable(value)) {
        this.unplacedCount += 1;
        continue;
      }
      const owner = this.#context.podOwner(namespace, pod);
      if (NETWORK.has(metric) && owner?.isHostNetwork === true) continue; // the counters of the whole node
      if (this.#isPhantom(metric, value, owner)) continue;
      const stored = toStored(metric, value);
      this.#valuesOf("pod", namespace, "", pod, "")[metric] = stored;
      if (!canAdd) continue;
      const join = (before: number | undefined): number =>
        before === undefined ? stored : isWorst ? Math.max(before, stored) : before + stored;
      namespaces.set(namespace, join(namespaces.get(namespace)));
      if (owner === null) continue;
      const key = `${owner.workload.kind}\u0000${namespace}\u0000${owner.workload.name}`;
      const known = workloads.get(key);
      if (known === undefined) workloads.set(key, { owner, value: stored });
      else known.value = join(known.value);
    }
    for (const [namespace, value] of namespaces) this.#valuesOf("namespace", "", "", namespace, "")[metric] = value;
    for (const { owner, value } of workloads.values()) {
      const { kind, namespace, name } = owner.workload;
      this.#valuesOf("workload", namespace, kind, name, "")[metric] = value;
    }
  }

  addContainerRows(metric: MetricId, rows: readonly InstantSample[], cutAt: number | null): void {
    if (cutAt !== null) this.#cuts.push({ metric, level: "container", belowValue: cutAt, keptCount: rows.length });
    for (const { labels, value } of rows) {
      const { namespace, pod, container } = labels;
      if (namespace === undefined || pod === undefined || container === undefined || !isUsable(value)) {
        this.unplacedCount += 1;
        continue;
      }
      if (this.#isPhantom(metric, value, this.#context.podOwner(namespace, pod))) continue;
      this.#valuesOf("container", namespace, "", pod, container)[metric] = toStored(metric, value);
    }
  }

  finish(): { readonly samples: readonly EntitySample[]; readonly cuts: readonly MetricCut[] } {
    return { samples: [...this.#samples.values()], cuts: this.#cuts };
  }

  #isPhantom(metric: MetricId, value: number, owner: PodOwner | null): boolean {
    if (!PRESSURE.has(metric) || value !== 0 || owner?.nodeName == null) return false;
    return this.#context.hasPressure(owner.nodeName) === false;
  }

  #valuesOf(
    level: EntityLevel,
    namespace: string,
    kind: string,
    name: string,
    container: string,
  ): Partial<Record<MetricId, number>> {
    const key = [level, namespace, kind, name, container].join("\u0000");
    const known = this.#samples.get(key);
    if (known !== undefined) return known.values;
    const values: Partial<Record<MetricId, number>> = {};
    this.#samples.set(key, { entity: { level, namespace, kind, name, container }, values });
    return values;
  }
}

function isUsable(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

/** Rates are extrapolated to the edges of their window, so a share of time can come out a little above 1. */
export function toStored(metric: MetricId, value: number): number {
  return WORST_OF.has(metric) ? Math.min(1, value) : value;
}
