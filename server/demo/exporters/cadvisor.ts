import { counterFamily, type Family, gauge, type LabelSet, type Row } from "../exposition.ts";
import type { DemoCluster, DemoContainer, DemoNode, DemoPod, Pressure } from "../fleet/types.ts";
import { hexDigits } from "../random.ts";
import { counter, type Signal, scaled, sum } from "../signal.ts";
import { countSince, nodeCpu, nodeMemory } from "./node-exporter.ts";

/** A control group: the machine, a pod or a container, with the moments at which its counters began. */
type Group = {
  readonly labels: LabelSet;
  readonly level: "machine" | "pod" | "container";
  readonly cpu: Signal;
  readonly memory: Signal;
  readonly swap: Signal;
  readonly ioBytes: Signal;
  readonly throttled: Signal | null;
  readonly pressure: Pressure;
  readonly oomKills: readonly number[];
  readonly memoryLimitBytes: number;
  readonly swapLimitBytes: number;
  readonly network: { readonly received: Signal; readonly sent: Signal } | null;
  readonly starts: readonly number[];
  readonly from: number;
  readonly to: number;
};

/** The kubelet's /metrics/cadvisor: the machine, then each pod cgroup and its containers. */
export function cadvisorFamilies(cluster: DemoCluster, node: DemoNode): Family[] {
  const groups = [machineGroup(cluster, node), ...podGroups(cluster, node)];
  const machine = { boot_id: node.uid, machine_id: node.uid.replaceAll("-", ""), system_uuid: node.uid };
  const machineRow = (value: number): Row => ({
    labels: machine,
    at: () => value,
    from: Number.NEGATIVE_INFINITY,
    to: Number.POSITIVE_INFINITY,
  });
  return [
    ...usageFamilies(groups),
    ...(node.psi === "absent" || node.cgroupVersion === 1 ? [] : pressureFamilies(groups, node.psi === "silent")),
    gauge("machine_cpu_cores", "Number of logical CPU cores.", [machineRow(node.cpuCores)]),
    gauge("machine_memory_bytes", "Amount of memory installed on the machine.", [machineRow(node.memoryBytes)]),
    gauge("machine_swap_bytes", "Amount of swap memory available on the machine.", [machineRow(node.swapBytes)]),
  ];
}

function machineGroup(cluster: DemoCluster, node: DemoNode): Group {
  return {
    labels: { container: "", id: "/", image: "", name: "", namespace: "", pod: "" },
    level: "machine",
    cpu: nodeCpu(cluster, node),
    memory: nodeMemory(cluster, node),
    swap: node.swapUsed,
    ioBytes: scaled(node.pressure.ioSome, 60e6),
    throttled: null,
    pressure: node.pressure,
    oomKills: [],
    memoryLimitBytes: node.memoryBytes,
    swapLimitBytes: node.swapBytes,
    network: null,
    starts: node.boots,
    from: Number.NEGATIVE_INFINITY,
    to: Number.POSITIVE_INFINITY,
  };
}

function podGroups(cluster: DemoCluster, node: DemoNode): Group[] {
  return cluster.pods
    .filter((pod) => pod.node === node && pod.workload.options.rejected === undefined)
    .flatMap((pod) => {
      const running = pod.containers.filter((container) => container.role !== "init");
      const slice = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${pod.uid.replaceAll("-", "_")}.slice`;
      const life = { from: pod.from, to: pod.to };
      const podGroup: Group = {
        ...life,
        labels: { container: "", id: slice, image: "", name: "", namespace: pod.namespace, pod: pod.name },
        level: "pod",
        cpu: sum(running.map((container) => container.cpu)),
        memory: sum(running.map((container) => container.memory)),
        swap: sum(running.map((container) => container.swap)),
        ioBytes: sum(running.map((container) => container.ioBytes)),
        throttled: null,
        pressure: pod.pressure,
        oomKills: [],
        memoryLimitBytes: total(running, (container) => container.limits.memoryBytes),
        swapLimitBytes: total(running, (container) => swapLimitOf(container, node)),
        network: { received: pod.received, sent: pod.sent },
        starts: startsOf(pod, node, []),
      };
      return [podGroup, ...running.map((container) => containerGroup(pod, node, slice, container))];
    });
}

function containerGroup(pod: DemoPod, node: DemoNode, slice: string, container: DemoContainer): Group {
  const id = hexDigits(1, `${pod.uid}/${container.name}`, 64);
  return {
    from: pod.from,
    to: pod.to,
    labels: {
      container: container.name,
      id: `${slice}/cri-containerd-${id}.scope`,
      image: container.image,
      name: id,
      namespace: pod.namespace,
      pod: pod.name,
    },
    level: "container",
    cpu: container.cpu,
    memory: container.memory,
    swap: container.swap,
    ioBytes: container.ioBytes,
    throttled: container.limits.cpuCores === undefined ? null : container.throttled,
    pressure: container.pressure,
    oomKills: container.oomKills,
    memoryLimitBytes: container.limits.memoryBytes ?? 0,
    swapLimitBytes: swapLimitOf(container, node),
    network: null,
    starts: startsOf(pod, node, container.oomKills),
  };
}

/**
 * Swap a container may use under LimitedSwap, in bytes: its memory request ÷ node memory × node swap, 0 when it has no
 * request or when request and limit are equal (the kubelet's own rule).
 */
export function swapLimitOf(container: DemoContainer, node: DemoNode): number {
  const request = container.requests.memoryBytes;
  if (node.swapBehavior !== "LimitedSwap" || request === undefined || request === container.limits.memoryBytes)
    return 0;
  return Math.floor((request / node.memoryBytes) * node.swapBytes);
}

/** A reboot of the node and a kill of the container both begin a new cgroup. */
function startsOf(pod: DemoPod, node: DemoNode, kills: readonly number[]): number[] {
  const later = [...node.boots, ...kills].filter((moment) => moment > pod.from && moment < pod.to);
  return [pod.from, ...later].sort((left, right) => left - right);
}

function total(containers: readonly DemoContainer[], of: (container: DemoContainer) => number | undefined): number {
  return containers.reduce((value, container) => value + (of(container) ?? 0), 0);
}

function usageFamilies(groups: readonly Group[]): Family[] {
  const all = (make: (group: Group) => Row | null) => groups.map(make).filter((row) => row !== null);
  const count = (group: Group, signal: Signal, more: LabelSet = {}, factor = 1): Row => ({
    from: group.from,
    to: group.to,
    labels: { ...group.labels, ...more },
    at: counter(signal, group.starts, factor),
    resets: group.starts,
  });
  const value = (group: Group, at: Row["at"], more: LabelSet = {}): Row => ({
    from: group.from,
    to: group.to,
    labels: { ...group.labels, ...more },
    at,
  });
  const limited = (make: (group: Group, throttled: Signal) => Row) =>
    all((group) => (group.throttled === null ? null : make(group, group.throttled)));
  const onPods = (make: (group: Group, network: NonNullable<Group["network"]>) => Row) =>
    all((group) => (group.network === null ? null : make(group, group.network)));
  return [
    counterFamily(
      "container_cpu_cfs_periods_total",
      "Number of elapsed enforcement period intervals.",
      limited((group) => value(group, (seconds) => 10 * elapsed(group, seconds))),
      true,
    ),
    counterFamily(
      "container_cpu_cfs_throttled_periods_total",
      "Number of throttled period intervals.",
      limited((group, throttled) => count(group, throttled, {}, 10)),
      true,
    ),
    counterFamily(
      "container_cpu_cfs_throttled_seconds_total",
      "Total time duration the container has been throttled.",
      limited((group, throttled) => count(group, throttled)),
      true,
    ),
    counterFamily(
      "container_cpu_usage_seconds_total",
      "Cumulative cpu time consumed in seconds.",
      all((group) => count(group, group.cpu, { cpu: "total" })),
      true,
    ),
    counterFamily(
      "container_fs_reads_bytes_total",
      "Cumulative count of bytes read",
      all((group) => (group.level === "machine" ? null : count(group, group.ioBytes, { device: "/dev/nvme0n1" }, 0.6))),
      true,
    ),
    counterFamily(
      "container_fs_writes_bytes_total",
      "Cumulative count of bytes written",
      all((group) => (group.level === "machine" ? null : count(group, group.ioBytes, { device: "/dev/nvme0n1" }, 0.4))),
      true,
    ),
    gauge(
      "container_memory_cache",
      "Number of bytes of page cache memory.",
      all((group) => value(group, (seconds) => 0.15 * group.memory.at(seconds))),
      true,
    ),
    gauge(
      "container_memory_rss",
      "Size of RSS in bytes.",
      all((group) => value(group, (seconds) => 0.85 * group.memory.at(seconds))),
      true,
    ),
    gauge(
      "container_memory_swap",
      "Container swap usage in bytes.",
      all((group) => value(group, (seconds) => group.swap.at(seconds))),
      true,
    ),
    gauge(
      "container_memory_usage_bytes",
      "Current memory usage in bytes, including all memory regardless of when it was accessed",
      all((group) => value(group, (seconds) => 1.1 * group.memory.at(seconds))),
      true,
    ),
    gauge(
      "container_memory_working_set_bytes",
      "Current working set in bytes.",
      all((group) => value(group, (seconds) => group.memory.at(seconds))),
      true,
    ),
    counterFamily(
      "container_network_receive_bytes_total",
      "Cumulative count of bytes received",
      onPods((group, network) => count(group, network.received, { interface: "eth0" })),
      true,
    ),
    counterFamily(
      "container_network_transmit_bytes_total",
      "Cumulative count of bytes transmitted",
      onPods((group, network) => count(group, network.sent, { interface: "eth0" })),
      true,
    ),
    counterFamily(
      "container_oom_events_total",
      "Count of out of memory events observed for the container",
      all((group) => ({ ...value(group, countSince(group.oomKills, group.starts)), resets: group.starts })),
      true,
    ),
    gauge(
      "container_spec_memory_limit_bytes",
      "Memory limit for the container.",
      all((group) => value(group, () => group.memoryLimitBytes)),
    ),
    gauge(
      "container_spec_memory_swap_limit_bytes",
      "Memory swap limit for the container.",
      all((group) => value(group, () => group.swapLimitBytes)),
    ),
    gauge(
      "container_start_time_seconds",
      "Start time of the container since unix epoch in seconds.",
      all((group) => value(group, (seconds) => seconds - elapsed(group, seconds))),
      true,
    ),
  ];
}

function elapsed(group: Group, seconds: number): number {
  return seconds - (group.starts.findLast((start) => start <= seconds) ?? group.starts[0] ?? seconds);
}

const PRESSURE_FAMILIES: readonly (readonly [name: string, key: keyof Pressure, help: string])[] = (
  [
    ["cpu_stalled", "cpuFull", "CPU"],
    ["cpu_waiting", "cpuSome", "CPU"],
    ["io_stalled", "ioFull", "IO"],
    ["io_waiting", "ioSome", "IO"],
    ["memory_stalled", "memoryFull", "memory"],
    ["memory_waiting", "memorySome", "memory"],
  ] as const
).map(([name, key, resource]) => [
  `container_pressure_${name}_seconds_total`,
  key,
  name.endsWith("stalled")
    ? `Total time duration no tasks in the container could make progress due to ${resource} congestion.`
    : `Total time duration tasks in the container have waited due to ${resource} congestion.`,
]);

function pressureFamilies(groups: readonly Group[], isSilent: boolean): Family[] {
  return PRESSURE_FAMILIES.map(([name, key, help]) =>
    counterFamily(
      name,
      help,
      groups.map((group) => ({
        from: group.from,
        to: group.to,
        labels: group.labels,
        at: isSilent ? () => 0 : counter(group.pressure[key], group.starts),
        resets: group.starts,
      })),
      true,
    ),
  );
}
