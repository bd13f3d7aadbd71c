import type { MetricId, MetricUnit } from "../../domain/metrics.ts";
import { recordedName } from "../../domain/pressure/recording-rules.ts";
import type { PressureKind, PressureResource } from "../../domain/pressure/thresholds.ts";
import { SECOND_INTERFACES } from "./catalogue-nodes.ts";
import {
  type CataloguePart,
  type CatalogueQuery,
  type Family,
  TOP_CONTAINER_ROWS,
  TOP_ROWS,
  type Variant,
} from "./catalogue-types.ts";

const POD = ["namespace", "pod"] as const;
const CONTAINER = ["namespace", "pod", "container"] as const;
// kube-state-metrics scraped without honorLabels: its own pod sits in `pod`, the one it speaks of in `exported_pod`.
const STATE_POD = ["namespace", "pod", "exported_namespace", "exported_pod"] as const;
const STATE_CONTAINER = [...STATE_POD, "container", "exported_container"] as const;
const IN_CONTAINERS = 'pod!="",container!="",container!="POD"';
const IN_POD_CGROUP = 'pod!="",container=""';

const by = (labels: readonly string[]): string => `by (${labels.join(", ")})`;
const rate = (selector: string): string => `rate(${selector}[$window])`;
/** Containers of a pod added up. The inner `max` removes HA pairs, second scrape jobs and a restarted container's old cgroup. */
const addContainers = (series: string): string => `sum ${by(POD)} (max ${by(CONTAINER)} (${series}))`;
const top = (expr: string): string => `topk($top, ${expr})`;

function part(metric: MetricId, unit: MetricUnit, family: Family, variants: readonly Variant[]): CataloguePart {
  return { id: metric, metric, unit, family, variants };
}

/**
 * Stall shares are never added: the pod's own cgroup says how its tasks waited. Where a scrape setup drops those rows,
 * the container that waited most stands for the pod.
 */
function pressure(metric: MetricId, resource: PressureResource, stall: PressureKind): CataloguePart {
  const name = `container_pressure_${resource}_${stall}_seconds_total`;
  const recorded = recordedName(resource, stall);
  return part(metric, "ratio", "kubelet", [
    // Where the offered recording rules run: one sample per pod instead of a window of counters per container.
    { needs: [recorded], expr: top(`max ${by(POD)} (${recorded})`) },
    { needs: [name, "rows:pod"], expr: top(`max ${by(POD)} (${rate(`${name}{${IN_POD_CGROUP}}`)})`) },
    { needs: [name], expr: top(`max ${by(POD)} (${rate(`${name}{${IN_CONTAINERS}}`)})`) },
  ]);
}

function network(metric: MetricId, name: string): CataloguePart {
  // The busiest interface of the pod: several interfaces repeat each other on overlays.
  const series = `${name}{pod!="",interface!~"${SECOND_INTERFACES}"}`;
  return part(metric, "bytes/s", "kubelet", [{ needs: [name], expr: top(`max ${by(POD)} (${rate(series)})`) }]);
}

/** Bytes from and to block devices. cAdvisor has a series per device, and none for a container that never touched one. */
function blockIo(metric: MetricId, name: string): CataloguePart {
  const perDevice = `max by (${CONTAINER.join(", ")}, device) (${rate(`${name}{${IN_CONTAINERS}}`)})`;
  return part(metric, "bytes/s", "kubelet", [{ needs: [name], expr: top(`sum ${by(POD)} (${perDevice})`) }]);
}

const PRESSURE_KINDS: readonly (readonly [MetricId, PressureResource, PressureKind])[] = [
  ["cpuWaitingRatio", "cpu", "waiting"],
  ["cpuStalledRatio", "cpu", "stalled"],
  ["memoryWaitingRatio", "memory", "waiting"],
  ["memoryStalledRatio", "memory", "stalled"],
  ["ioWaitingRatio", "io", "waiting"],
  ["ioStalledRatio", "io", "stalled"],
];
const KUBELET = {
  en: "the kubelet's cAdvisor page in Prometheus",
  zh: "Prometheus 已抓取 kubelet 的 cAdvisor 指标",
};
const RESTARTS = "kube_pod_container_status_restarts_total";
const LAST_REASON = "kube_pod_container_status_last_terminated_reason";

export const podUseQuery: CatalogueQuery = {
  id: "podUse",
  title: { en: "Pods: CPU and memory in use", zh: "Pod：CPU 与内存用量" },
  needs: KUBELET,
  cadence: "fast",
  level: "pod",
  by: POD,
  parts: [
    part("cpuUsedCores", "cores", "kubelet", [
      {
        needs: ["container_cpu_usage_seconds_total"],
        expr: addContainers(rate(`container_cpu_usage_seconds_total{${IN_CONTAINERS}}`)),
      },
    ]),
    part("memoryWorkingSetBytes", "bytes", "kubelet", [
      {
        needs: ["container_memory_working_set_bytes"],
        expr: addContainers(`container_memory_working_set_bytes{${IN_CONTAINERS}}`),
      },
    ]),
  ],
  topRows: null, // sums per workload need every pod
  canShard: true,
  sources: ["facts/metrics.md 4.1, 4.4", "cadvisor metrics/prometheus.go"],
};

export const podPressureQuery: CatalogueQuery = {
  id: "podPressure",
  title: { en: "Pods: share of time stalled", zh: "Pod：停顿时间占比" },
  needs: {
    en: "kubelet 1.34 or newer (gate KubeletPSI), cgroup v2, a kernel with PSI, and the cAdvisor page in Prometheus",
    zh: "kubelet 1.34 及以上（特性门控 KubeletPSI）、cgroup v2、内核启用 PSI，且 Prometheus 已抓取 cAdvisor 指标",
  },
  cadence: "fast",
  level: "pod",
  by: POD,
  parts: PRESSURE_KINDS.map(([metric, resource, kind]) => pressure(metric, resource, kind)),
  topRows: TOP_ROWS,
  canShard: true,
  sources: ["facts/metrics.md 2.1, 2.3", "cadvisor metrics/prometheus.go", "KEP-4205"],
};

export const podTroubleQuery: CatalogueQuery = {
  id: "podTrouble",
  title: { en: "Pods: throttling, swap, network, block I/O", zh: "Pod：限流、交换、网络与块 I/O" },
  needs: {
    en: "the kubelet's cAdvisor page; for swap also its /metrics/resource page, or container_memory_swap not dropped",
    zh: "kubelet 的 cAdvisor 指标；交换数据还需 /metrics/resource，或不要丢弃 container_memory_swap",
  },
  cadence: "fast",
  level: "pod",
  by: POD,
  parts: [
    part("cpuThrottledRatio", "ratio", "kubelet", [
      {
        needs: ["container_cpu_cfs_throttled_periods_total", "container_cpu_cfs_periods_total"],
        expr: top(
          `max ${by(POD)} (max ${by(CONTAINER)} (${rate(`container_cpu_cfs_throttled_periods_total{${IN_CONTAINERS}}`)}) / max ${by(CONTAINER)} (${rate(`container_cpu_cfs_periods_total{${IN_CONTAINERS}}`)}))`,
        ),
      },
    ]),
    part("swapUsedBytes", "bytes", "kubelet", [
      // The pod's own figure first: some 1.35 kubelets report 0 for containers that do swap.
      { needs: ["pod_swap_usage_bytes"], expr: top(`max ${by(POD)} (pod_swap_usage_bytes)`) },
      {
        needs: ["container_memory_swap", "rows:pod"],
        expr: top(`max ${by(POD)} (container_memory_swap{${IN_POD_CGROUP}})`),
      },
      { needs: ["container_memory_swap"], expr: top(addContainers(`container_memory_swap{${IN_CONTAINERS}}`)) },
      { needs: ["container_swap_usage_bytes"], expr: top(addContainers("container_swap_usage_bytes")) },
    ]),
    part("swapCapacityBytes", "bytes", "kubelet", [
      { needs: ["container_swap_limit_bytes"], expr: top(addContainers("container_swap_limit_bytes")) },
    ]),
    network("networkReceiveBytesPerSecond", "container_network_receive_bytes_total"),
    network("networkTransmitBytesPerSecond", "container_network_transmit_bytes_total"),
    blockIo("ioReadBytesPerSecond", "container_fs_reads_bytes_total"),
    blockIo("ioWriteBytesPerSecond", "container_fs_writes_bytes_total"),
  ],
  topRows: TOP_ROWS,
  canShard: true,
  sources: ["facts/metrics.md 3, 4.1, 5.8", "kubelet collectors/resource_metrics.go"],
};

export const podEventQuery: CatalogueQuery = {
  id: "podEvents",
  title: { en: "Pods: restarts and OOM kills", zh: "Pod：重启与 OOM 终止" },
  needs: {
    en: "kube-state-metrics; OOM kills otherwise from cAdvisor, which loses those of containers that are gone",
    zh: "kube-state-metrics；否则 OOM 取自 cAdvisor，会漏掉已消失容器的记录",
  },
  cadence: "fast",
  level: "pod",
  by: STATE_POD,
  parts: [
    part("restartsPerSecond", "events/s", "kubeStateMetrics", [
      { needs: [RESTARTS], expr: top(`sum ${by(STATE_POD)} (max ${by(STATE_CONTAINER)} (${rate(RESTARTS)}))`) },
    ]),
    part("oomKillsPerSecond", "events/s", "kubeStateMetrics", [
      {
        // Restarts of the containers whose last end was an OOM kill.
        needs: [RESTARTS, LAST_REASON],
        expr: top(
          `sum ${by(STATE_POD)} (max ${by(STATE_CONTAINER)} (${rate(RESTARTS)}) * on (${STATE_CONTAINER.join(", ")}) max ${by(STATE_CONTAINER)} (${LAST_REASON}{reason="OOMKilled"}))`,
        ),
      },
      {
        needs: ["container_oom_events_total"],
        expr: top(addContainers(rate(`container_oom_events_total{${IN_CONTAINERS}}`))),
      },
    ]),
  ],
  topRows: TOP_ROWS,
  canShard: false, // series of one exporter, not of the node's
  sources: ["facts/metrics.md 4.2, 7.8", "kube-state-metrics docs/metrics"],
};

export const containerPressureQuery: CatalogueQuery = {
  id: "containerPressure",
  title: { en: "Containers that stall and swap most", zh: "停顿与交换最严重的容器" },
  needs: podPressureQuery.needs,
  cadence: "slow",
  level: "container",
  by: CONTAINER,
  parts: [
    ...PRESSURE_KINDS.map(([metric, resource, kind]) => {
      const name = `container_pressure_${resource}_${kind}_seconds_total`;
      return part(metric, "ratio", "kubelet", [
        { needs: [name], expr: top(`max ${by(CONTAINER)} (${rate(`${name}{${IN_CONTAINERS}}`)})`) },
      ]);
    }),
    part("swapUsedBytes", "bytes", "kubelet", [
      { needs: ["container_swap_usage_bytes"], expr: top(`max ${by(CONTAINER)} (container_swap_usage_bytes > 0)`) },
      {
        needs: ["container_memory_swap"],
        expr: top(`max ${by(CONTAINER)} (container_memory_swap{${IN_CONTAINERS}} > 0)`),
      },
    ]),
    part("swapCapacityBytes", "bytes", "kubelet", [
      {
        // Of those in use alone: the largest limits are not those that are near.
        needs: ["container_swap_limit_bytes", "container_swap_usage_bytes"],
        expr: top(
          `max ${by(CONTAINER)} (container_swap_limit_bytes) and on (${CONTAINER.join(", ")}) (container_swap_usage_bytes > 0)`,
        ),
      },
    ]),
  ],
  topRows: TOP_CONTAINER_ROWS,
  canShard: true,
  sources: ["facts/metrics.md 2.1, 3"],
};
