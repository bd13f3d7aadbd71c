import { ALWAYS, counterFamily, type Family, gauge, type Row } from "../exposition.ts";
import { aliveWith } from "../fleet/cluster-builder.ts";
import type { DemoCluster, DemoNode } from "../fleet/types.ts";
import { constant, counter, type Signal, scaled, sum, ZERO } from "../signal.ts";

/** Cores that all pods and the system of a node use. */
export function nodeCpu(cluster: DemoCluster, node: DemoNode): Signal {
  return sum([
    node.systemCpu,
    ...cluster.pods
      .filter((pod) => pod.node === node)
      .flatMap((pod) => pod.containers.map((container) => aliveWith(pod, container.cpu, cluster.historyFrom))),
  ]);
}

/** Bytes that pods and the system of a node hold. */
export function nodeMemory(cluster: DemoCluster, node: DemoNode): Signal {
  return sum([
    constant(Math.min(2.2e9, node.memoryBytes * 0.05)),
    ...cluster.pods
      .filter((pod) => pod.node === node)
      .flatMap((pod) => pod.containers.map((container) => aliveWith(pod, container.memory, cluster.historyFrom))),
  ]);
}

/** Bytes per second through a node's only device. */
function nodeTraffic(cluster: DemoCluster, node: DemoNode, direction: "received" | "sent"): Signal {
  return sum(
    cluster.pods.filter((pod) => pod.node === node).map((pod) => aliveWith(pod, pod[direction], cluster.historyFrom)),
  );
}

/** How many moments of a list lie between the last counter reset and now. */
export function countSince(moments: readonly number[], resets: readonly number[]): (seconds: number) => number {
  return (seconds) => {
    const since = resets.findLast((reset) => reset <= seconds) ?? resets[0] ?? 0;
    return moments.filter((moment) => moment >= since && moment <= seconds).length;
  };
}

/** node_exporter's page (collectors pressure, meminfo, vmstat, cpu, loadavg). */
export function nodeExporterFamilies(cluster: DemoCluster, node: DemoNode): Family[] {
  const busy = nodeCpu(cluster, node);
  const memory = nodeMemory(cluster, node);
  const count = (signal: Signal, labels: Row["labels"] = {}, factor = 1): Row => ({
    ...ALWAYS,
    labels,
    at: counter(signal, node.boots, factor),
    resets: node.boots,
  });
  const value = (at: Row["at"], labels: Row["labels"] = {}): Row => ({ ...ALWAYS, labels, at });
  const untyped = (name: string, row: Row): Family => ({
    name: `node_vmstat_${name}`,
    type: "untyped",
    help: `/proc/vmstat information field ${name}.`,
    rows: [row],
  });
  const kills = cluster.pods
    .filter((pod) => pod.node === node)
    .flatMap((pod) => pod.containers.flatMap((container) => container.oomKills));
  const load = (seconds: number) => busy.at(seconds) * (1 + 1.5 * node.pressure.cpuSome.at(seconds));
  const swapUsed = (seconds: number) => Math.min(node.swapBytes, node.swapUsed.at(seconds));
  return [
    counterFamily("node_cpu_seconds_total", "Seconds the CPUs spent in each mode.", cpuRows(node, busy)),
    gauge("node_load1", "1m load average.", [value(load)]),
    gauge("node_load15", "15m load average.", [value(load)]),
    gauge("node_load5", "5m load average.", [value(load)]),
    ...meminfo(node, memory, swapUsed, value),
    counterFamily("node_network_receive_bytes_total", "Network device statistic receive_bytes.", [
      count(nodeTraffic(cluster, node, "received"), { device: "eth0" }),
    ]),
    counterFamily("node_network_transmit_bytes_total", "Network device statistic transmit_bytes.", [
      count(nodeTraffic(cluster, node, "sent"), { device: "eth0" }),
    ]),
    ...pressureFamilies(node, count),
    gauge(
      "node_scrape_collector_success",
      "node_exporter: Whether a collector succeeded.",
      ["cpu", "loadavg", "meminfo", "pressure", "vmstat"].map((collector) =>
        value(() => Number(collector !== "pressure" || node.psi === "measured"), { collector }),
      ),
    ),
    untyped("oom_kill", { ...value(countSince(kills, node.boots)), resets: node.boots }),
    untyped("pgfault", count(busy, {}, 9000)),
    untyped("pgmajfault", count(sum([scaled(busy, 2), scaled(node.swapIn, 0.9)]))),
    untyped("pgpgin", count(scaled(node.pressure.ioSome, 60_000))),
    untyped("pgpgout", count(scaled(node.pressure.ioSome, 90_000))),
    untyped("pswpin", count(node.swapIn)),
    untyped("pswpout", count(node.swapOut)),
  ];
}

function cpuRows(node: DemoNode, busy: Signal): Row[] {
  // A machine's processors share the load here; what differs between them is no story of this fleet.
  const waiting = scaled(node.pressure.ioSome, 0.12);
  const perCpu: Record<string, Signal> = {
    idle: sum([constant(1), scaled(busy, -1 / node.cpuCores), scaled(waiting, -1)]),
    iowait: waiting,
    system: scaled(busy, 0.22 / node.cpuCores),
    user: scaled(busy, 0.78 / node.cpuCores),
  };
  return Object.entries(perCpu).flatMap(([mode, signal]) => {
    const at = counter(signal, node.boots);
    return Array.from(
      { length: node.cpuCores },
      (_, cpu): Row => ({
        ...ALWAYS,
        labels: { cpu: String(cpu), mode },
        at,
        resets: node.boots,
      }),
    );
  });
}

function meminfo(
  node: DemoNode,
  memory: Signal,
  swapUsed: (seconds: number) => number,
  value: (at: Row["at"]) => Row,
): Family[] {
  const cached = node.memoryBytes * 0.12;
  const free = (seconds: number) => Math.max(node.memoryBytes * 0.01, node.memoryBytes - memory.at(seconds) - cached);
  const fields: readonly (readonly [name: string, at: Row["at"]])[] = [
    ["Buffers", () => node.memoryBytes * 0.004],
    ["Cached", () => cached],
    ["MemAvailable", (seconds) => free(seconds) + cached * 0.8],
    ["MemFree", free],
    ["MemTotal", () => node.memoryBytes],
    ["SwapCached", (seconds) => swapUsed(seconds) * 0.03],
    ["SwapFree", (seconds) => node.swapBytes - swapUsed(seconds)],
    ["SwapTotal", () => node.swapBytes],
  ];
  return fields.map(([field, at]) =>
    gauge(`node_memory_${field}_bytes`, `Memory information field ${field}_bytes.`, [value(at)]),
  );
}

function pressureFamilies(node: DemoNode, count: (signal: Signal) => Row): Family[] {
  // cgroup version does not matter to the kernel's own files; a kernel booted without PSI has none of them.
  if (node.psi !== "measured") return [];
  const { pressure } = node;
  return [
    ["cpu_waiting", "Total time in seconds that processes have waited for CPU time", pressure.cpuSome],
    ["io_stalled", "Total time in seconds no process could make progress due to IO congestion", pressure.ioFull],
    ["io_waiting", "Total time in seconds that processes have waited due to IO congestion", pressure.ioSome],
    ["irq_stalled", "Total time in seconds no process could make progress due to IRQ congestion", ZERO],
    [
      "memory_stalled",
      "Total time in seconds no process could make progress due to memory congestion",
      pressure.memoryFull,
    ],
    ["memory_waiting", "Total time in seconds that processes have waited for memory", pressure.memorySome],
  ].map(([name, help, signal]) =>
    counterFamily(`node_pressure_${String(name)}_seconds_total`, String(help), [count(signal as Signal)]),
  );
}
