import type { EntityKey, EntitySample, MetricId } from "../../domain/metrics.ts";
import type { KubeletFacts } from "../../domain/snapshot.ts";
import { isObject, type JsonObject, numberOrNull, objectAt, objectOrNull, objectsAt, textAt } from "./parse-json.ts";
import { malformed } from "./source-error.ts";

export type NodeSummary = {
  readonly samples: readonly EntitySample[];
  /** Whether pressure values were there, and whether any has ever moved on this node. */
  readonly pressure: NonNullable<KubeletFacts["pressureSeries"]>;
};

type Resource = "cpu" | "memory" | "io";
const RATIOS: Readonly<Record<Resource, readonly [waiting: MetricId, stalled: MetricId]>> = {
  cpu: ["cpuWaitingRatio", "cpuStalledRatio"],
  memory: ["memoryWaitingRatio", "memoryStalledRatio"],
  io: ["ioWaitingRatio", "ioStalledRatio"],
};

/**
 * `/stats/summary` of one kubelet as samples of its node, pods and containers.
 *
 * Unit: cores from nano-cores; bytes; pressure as a share of time (0–1) from `avg60`, which the kubelet gives in percent.
 * `total` is not used for a figure: its unit is documented as nanoseconds and is microseconds in fact.
 * Basis: `some` = waiting, `full` = stalled. Where every total on the node is 0 – kubelets 1.33–1.35 on a kernel without
 * pressure information, or cgroup v1 – the zeros mean "not measured", and no pressure sample is made.
 * Errors: SourceError `malformed` when it is no summary.
 */
export function parseSummary(body: unknown): NodeSummary {
  const node = isObject(body) ? objectOrNull(body, "node") : null;
  const name = node === null ? "" : textAt(node, "nodeName");
  if (!isObject(body) || node === null || name === "") throw malformed("the answer is not a kubelet summary");
  const pods = objectsAt(body, "pods");
  const pressure = pressureOf([node, ...pods, ...pods.flatMap((pod) => objectsAt(pod, "containers"))]);
  const samples: EntitySample[] = [];
  const add = (entity: EntityKey, stats: JsonObject): void => {
    const values = valuesOf(stats, pressure === "moving");
    if (Object.keys(values).length > 0) samples.push({ entity, values });
  };
  add({ level: "node", namespace: "", kind: "", name, container: "" }, node);
  for (const pod of pods) {
    const reference = objectAt(pod, "podRef");
    const podName = textAt(reference, "name");
    const namespace = textAt(reference, "namespace");
    if (podName === "" || namespace === "") continue;
    add({ level: "pod", namespace, kind: "", name: podName, container: "" }, pod);
    for (const container of objectsAt(pod, "containers")) {
      const containerName = textAt(container, "name");
      if (containerName === "") continue;
      add({ level: "container", namespace, kind: "", name: podName, container: containerName }, container);
    }
  }
  return { samples, pressure };
}

function valuesOf(stats: JsonObject, isPressureReal: boolean): EntitySample["values"] {
  const values: Partial<Record<MetricId, number>> = {};
  const put = (id: MetricId, value: number | null): void => {
    if (value !== null && value >= 0) values[id] = value;
  };
  const nanoCores = numberOrNull(objectAt(stats, "cpu"), "usageNanoCores");
  put("cpuUsedCores", nanoCores === null ? null : nanoCores / 1e9);
  put("memoryWorkingSetBytes", numberOrNull(objectAt(stats, "memory"), "workingSetBytes"));
  put("swapUsedBytes", numberOrNull(objectAt(stats, "swap"), "swapUsageBytes"));
  if (!isPressureReal) return values;
  for (const resource of ["cpu", "memory", "io"] as const) {
    const psi = objectOrNull(objectAt(stats, resource), "psi");
    if (psi === null) continue;
    const [waiting, stalled] = RATIOS[resource];
    put(waiting, ratioOf(objectAt(psi, "some")));
    put(stalled, ratioOf(objectAt(psi, "full")));
  }
  return values;
}

function ratioOf(averages: JsonObject): number | null {
  const percent = numberOrNull(averages, "avg60");
  return percent === null ? null : Math.min(1, percent / 100);
}

function pressureOf(all: readonly JsonObject[]): NodeSummary["pressure"] {
  let state: NodeSummary["pressure"] = "absent";
  for (const stats of all) {
    for (const resource of ["cpu", "memory", "io"] as const) {
      const psi = objectOrNull(objectAt(stats, resource), "psi");
      if (psi === null) continue;
      for (const kind of ["some", "full"] as const) {
        const averages = objectAt(psi, kind);
        if (["total", "avg10", "avg60", "avg300"].some((key) => (numberOrNull(averages, key) ?? 0) > 0))
          return "moving";
      }
      state = "all-zero";
    }
  }
  return state;
}
