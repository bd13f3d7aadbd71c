import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EntityLevel, EntitySample } from "../../domain/metrics.ts";
import {
  type FilledPrometheus,
  findPrometheus,
  GROWTH,
  type Page,
  startFilledPrometheus,
} from "../../testing/filled-prometheus.ts";
import { readHistorySeconds, runBackfillChunk } from "./backfill.ts";
import { planBackfill } from "./backfill-plan.ts";
import { CATALOGUE } from "./catalogue.ts";
import { PrometheusClient } from "./client.ts";
import { collectMetrics, type MetricsCollection } from "./collect-metrics.ts";
import { readPodDetail } from "./detail.ts";
import { type NodeIdentity, type PodOwner, toNodeResolver } from "./labels.ts";
import { newMetricsCache } from "./metrics-cache.ts";
import { QueryBudget } from "./query-budget.ts";

const NOW = new Date("2026-11-21T12:00:00Z");
const hasPrometheus = await findPrometheus();
if (!hasPrometheus && process.env.CI === "true") throw new Error("prometheus and promtool must be installed in CI");

const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}.prom`, import.meta.url), "utf8");
const page = (cluster: string, text: string, target: Record<string, string>, honorLabels = true): Page => ({
  text,
  target: { cluster, ...target },
  honorLabels,
});
const CADVISOR = { job: "kubelet", metrics_path: "/metrics/cadvisor" };
const ALERTMANAGER = 'pod="alertmanager-main-0",namespace="monitoring"';

/** Use of the pod of the pressure page, and a second pod on the host's network; assembled, numbers ours. */
const POD_USE = `
container_cpu_usage_seconds_total{${ALERTMANAGER},container="alertmanager",id="/a",image="i",cpu="total"} 500
container_cpu_usage_seconds_total{${ALERTMANAGER},container="reloader",id="/b",image="i",cpu="total"} 250
container_cpu_usage_seconds_total{${ALERTMANAGER},container="",id="/pod",image="",cpu="total"} 750
container_memory_working_set_bytes{${ALERTMANAGER},container="alertmanager",id="/a",image="i"} 1000
container_memory_working_set_bytes{${ALERTMANAGER},container="alertmanager",id="/a-before-restart",image="i"} 900
container_memory_working_set_bytes{${ALERTMANAGER},container="reloader",id="/b",image="i"} 300
container_memory_working_set_bytes{${ALERTMANAGER},container="",id="/pod",image=""} 1400
container_network_receive_bytes_total{${ALERTMANAGER},interface="eth0",id="/pod"} 8000
container_network_receive_bytes_total{${ALERTMANAGER},interface="tunl0",id="/pod"} 90000
container_network_receive_bytes_total{pod="host-agent-1",namespace="monitoring",interface="eth0",id="/h"} 70000
container_cpu_cfs_throttled_periods_total{${ALERTMANAGER},container="alertmanager",id="/a"} 10
container_cpu_cfs_periods_total{${ALERTMANAGER},container="alertmanager",id="/a"} 40
container_cpu_cfs_throttled_periods_total{${ALERTMANAGER},container="reloader",id="/b"} 0
container_cpu_cfs_periods_total{${ALERTMANAGER},container="reloader",id="/b"} 0
`;
const RESTARTS = 'namespace="default",pod="pod0",uid="abc-0"';
const STATE = `
kube_pod_container_status_restarts_total{${RESTARTS},container="pod1_con1"} 4
kube_pod_container_status_restarts_total{${RESTARTS},container="pod1_con2"} 2
kube_pod_container_status_last_terminated_reason{${RESTARTS},container="pod1_con1",reason="OOMKilled"} 1
kube_node_info{node="node-a"} 1
`;
const NODE_CPU = [0, 1]
  .flatMap((cpu) => [
    `node_cpu_seconds_total{cpu="${cpu}",mode="idle"} ${700 + cpu * 100}`,
    `node_cpu_seconds_total{cpu="${cpu}",mode="iowait"} 50`,
    `node_cpu_seconds_total{cpu="${cpu}",mode="user"} 200`,
  ])
  .join("\n");

function pages(): Page[] {
  const kubelet = (cluster: string, text: string) =>
    page(cluster, text, { ...CADVISOR, instance: "10.0.0.1:10250", node: "node-a" });
  const twice = kubelet(
    "main",
    `${POD_USE}\n${fixture("kubelet-cadvisor-pressure-swap").replace(/^.*id="\/".*$/gm, "")}`,
  );
  const exporter = { job: "node-exporter", namespace: "monitoring", pod: "node-exporter-x" };
  const real = { instance: "10.0.0.2:10250", node: "real-node-a" };
  const dcgm = {
    job: "dcgm",
    instance: "10.0.0.9:9400",
    namespace: "gpu-operator",
    pod: "nvidia-dcgm-exporter-x",
    container: "exporter",
  };
  const main: Page[] = [
    twice,
    // The same page through the other half of an HA pair: nothing may count twice.
    { ...twice, target: { ...twice.target, prometheus_replica: "b" } },
    page("main", `${fixture("node-exporter-pressure-swap")}\n${NODE_CPU}`, { ...exporter, instance: "10.0.0.1:9100" }),
    page("main", STATE, { job: "ksm", instance: "10.0.0.3:8080", namespace: "monitoring", pod: "ksm-0" }, false),
    page("main", fixture("cadvisor-1.34.9"), { ...CADVISOR, ...real }),
    page("main", fixture("kubelet-1.34.9"), { job: "kubelet", metrics_path: "/metrics", ...real }),
    page("main", fixture("kubelet-1.34.9").replace(/(name="KubeletPSI".*) 1$/m, "$1 0"), {
      job: "kubelet",
      metrics_path: "/metrics",
      instance: "10.0.0.1:10250",
      node: "node-a",
    }),
    page("main", fixture("apiserver-1.34.9"), { job: "cp-one", instance: "10.0.0.4:6443" }),
    page("main", fixture("controller-manager-1.34.9"), { job: "cp-two", instance: "10.0.0.4:10257" }),
    page("main", fixture("scheduler-1.34.9"), { job: "kube-scheduler", instance: "10.0.0.4:10259" }),
    page("main", fixture("opencost-metrics"), { job: "opencost", instance: "10.0.0.8:9003" }),
  ];
  const beyla = fixture("beyla-network-zones");
  return [
    ...main,
    kubelet("resource", fixture("kubelet-resource-swap")),
    kubelet("resource", fixture("kubelet-resource-swap-bug")),
    page("nvidia", fixture("dcgm-kubernetes-new-hostname"), dcgm, false),
    page("sharing", fixture("dcgm-timeslicing-process"), dcgm, false),
    page("copies", fixture("dcgm-timeslicing-copies"), dcgm, true),
    page("mig", fixture("dcgm-mig-docs"), dcgm, false),
    page("amd", fixture("amd-device-metrics-exporter"), { job: "amd", instance: "10.0.0.9:5000" }, true),
    page("beyla", beyla, { job: "beyla" }),
    page("netobserv", `${fixture("netobserv-workload-zones")}\nnetobserv_agent_sampling_rate 50\n`, {
      job: "netobserv",
    }),
    page("coroot", fixture("coroot-node-agent-kubernetes"), { job: "coroot" }),
    page("costs", fixture("kubecost-network-costs-variants"), { job: "network-costs" }),
  ];
}

const node = (name: string, address: string, zone: string): NodeIdentity => ({
  name,
  zone,
  addresses: [{ type: "InternalIP", address }],
});
const NODES = [
  node("node-a", "10.0.0.1", "zone-1"),
  node("real-node-a", "10.0.0.2", "zone-2"),
  node("node-b", "10.0.0.7", "zone-1"),
  node("kind-worker", "172.18.0.3", "client-zone"),
  node("kind-worker2", "172.18.0.4", "server-zone"),
  node("kind-control-plane", "172.18.0.2", "control-plane-zone"),
  node("node1", "10.9.0.1", "zone-1"),
  node("node2", "10.9.0.2", "zone-1"),
];
const OWNERS: Readonly<Record<string, PodOwner>> = {
  "monitoring/alertmanager-main-0": owner("StatefulSet", "monitoring", "alertmanager-main", "node-a"),
  "monitoring/host-agent-1": { ...owner("DaemonSet", "monitoring", "host-agent", "node-a"), isHostNetwork: true },
  "shop/web-7d4cf4f754-2j8vw": owner("Deployment", "shop", "web", "node-a"),
  "shop/db-0": owner("StatefulSet", "shop", "db", "real-node-a"),
};
function owner(kind: string, namespace: string, name: string, nodeName: string): PodOwner {
  return { workload: { kind, namespace, name }, nodeName, isHostNetwork: false, holdsDevice: null };
}

let server: FilledPrometheus | null = null;
beforeAll(async () => {
  if (hasPrometheus) server = await startFilledPrometheus(pages(), NOW.getTime() / 1000);
});
afterAll(async () => server?.stop());

async function collect(cluster: string): Promise<MetricsCollection> {
  const client = new PrometheusClient({ url: server?.url ?? "", selector: `cluster="${cluster}"` });
  try {
    return await collectMetrics(
      client,
      {
        nodes: NODES,
        podOwner: (namespace, pod) => OWNERS[`${namespace}/${pod}`] ?? null,
        podByIp: (address) => (address === "10.40.2.7" ? { namespace: "shop", pod: "db-0" } : null),
        cache: newMetricsCache(),
        now: NOW,
        budget: new QueryBudget(),
      },
      undefined,
    );
  } finally {
    await client.close();
  }
}
function valuesOf(read: MetricsCollection, level: EntityLevel, name: string): EntitySample["values"] {
  const found = read.samples.find(({ entity }) => entity.level === level && entity.name === name);
  if (found === undefined) throw new Error(`no ${level} ${name}`);
  return found.values;
}

describe.skipIf(!hasPrometheus)("a real Prometheus filled with exporter pages", () => {
  it("answers every query of the catalogue that has series, within one read's budget", async () => {
    const read = await collect("main");
    expect(read.sources.filter(({ status }) => status === "failed" || status === "partial")).toEqual([]);
    const asked = read.sources
      .filter(({ status }) => status === "ok")
      .map(({ source }) => source.replace("query:", ""));
    const expected = CATALOGUE.filter(({ level }) => level !== "flow" && level !== "device").map(({ id }) => id);
    expect(new Set(asked)).toEqual(new Set(["presence", "shape", ...expected]));
    expect(read.sources.reduce((sum, { queryCount }) => sum + queryCount, 0)).toBeLessThanOrEqual(20);
    expect(read.presence?.intervalSeconds.get("kubelet")).toBeCloseTo(24, 6); // five samples in two minutes
  });

  it("reads nodes by name, address and preference", async () => {
    const read = await collect("main");
    const values = valuesOf(read, "node", "node-a"); // known by the address in `instance` alone
    expect(values.ioWaitingRatio).toBeCloseTo(159.886802 * GROWTH, 9);
    expect(values.ioStalledRatio).toBeCloseTo(159.229614 * GROWTH, 9);
    expect(values.cpuWaitingRatio).toBeCloseTo(14.036781 * GROWTH, 9);
    expect(values.memoryStalledRatio).toBe(0); // measured zero
    expect(values.cpuStalledRatio).toBeUndefined(); // no kernel says that of a node
    expect(values.swapUsedBytes).toBe(4.2949632e9 - 3.23108864e9);
    expect(values.swapInBytesPerSecond).toBeCloseTo(1476 * GROWTH * 4096, 6);
    expect(values.swapOutBytesPerSecond).toBeCloseTo(35045 * GROWTH * 4096, 6);
    expect(values.oomKillsPerSecond).toBe(0);
    expect(values.cpuUsedCores).toBeCloseTo(2 - 1.6, 9); // 2 cores, idle 0.7 + 0.8, waiting for disks 2 × 0.05
    const real = valuesOf(read, "node", "real-node-a");
    expect(real.cpuUsedCores).toBeCloseTo(2791.913634743 * GROWTH, 9);
    expect(real.memoryWorkingSetBytes).toBe(7.08571136e8);
    expect(real.networkReceiveBytesPerSecond).toBeCloseTo(8.39301941e8 * GROWTH, 3);
    expect(real.ioWaitingRatio).toBeUndefined(); // cgroup v1: cAdvisor's zero is no measurement
  });

  it("adds up the containers of a pod once and follows it to its workload and namespace", async () => {
    const read = await collect("main");
    for (const level of ["pod", "workload"] as const) {
      const values = valuesOf(read, level, level === "pod" ? "alertmanager-main-0" : "alertmanager-main");
      expect(values.cpuUsedCores).toBeCloseTo(0.75, 9);
      expect(values.memoryWorkingSetBytes).toBe(1300);
      expect(values.networkReceiveBytesPerSecond).toBeCloseTo(8, 9);
      expect(values.cpuThrottledRatio).toBeCloseTo(0.25, 9);
      expect(values.memoryWaitingRatio).toBeCloseTo(0.002 * GROWTH, 12);
      expect(values.ioWaitingRatio).toBeCloseTo(0.0022 * GROWTH, 12);
      expect(values.swapUsedBytes).toBe(8192);
    }
    expect(valuesOf(read, "namespace", "monitoring").cpuUsedCores).toBeCloseTo(0.75, 9);
    expect(read.samples.some(({ entity }) => entity.name === "host-agent-1")).toBe(false);
    const container = valuesOf(read, "container", "alertmanager-main-0");
    expect(container.memoryStalledRatio).toBeCloseTo(0.001 * GROWTH, 12);
  });

  it("reads restarts and OOM kills past kube-state-metrics' own labels", async () => {
    const values = valuesOf(await collect("main"), "pod", "pod0");
    expect(values.restartsPerSecond).toBeCloseTo(6 * GROWTH, 9);
    expect(values.oomKillsPerSecond).toBeCloseTo(4 * GROWTH, 9);
  });

  it("says per instance which gates are on, whatever the jobs are called", async () => {
    const { components, kubelets } = await collect("main");
    const names = components.map(({ component, instance }) => `${component} ${instance}`).sort();
    expect(names).toEqual([
      "kube-apiserver 10.0.0.4:6443",
      "kube-controller-manager 10.0.0.4:10257",
      "kube-scheduler 10.0.0.4:10259",
      "kubelet node-a",
      "kubelet real-node-a",
    ]);
    const psi = (instance: string) =>
      components.find((one) => one.component === "kubelet" && one.instance === instance)?.gates;
    expect(psi("real-node-a")?.get("KubeletPSI")).toEqual({ isOn: true, stage: "BETA" });
    expect(psi("node-a")?.get("KubeletPSI")).toEqual({ isOn: false, stage: "BETA" });
    expect(psi("node-a")?.get("DynamicResourceAllocation")).toEqual({ isOn: true, stage: "GA" });
    const recorded = fixture("kubelet-1.34.9").match(/^kubernetes_feature_enabled/gm)?.length;
    expect(psi("node-a")?.size).toBe(recorded);
    expect(kubelets.find(({ nodeName }) => nodeName === "real-node-a")).toMatchObject({
      cgroupVersion: 1,
      criLosingSupport: "1.36.0",
      pressureSeries: "all-zero",
    });
    expect(kubelets.find(({ nodeName }) => nodeName === "node-a")?.pressureSeries).toBe("moving");
  });

  it("reads deprecated APIs with their requests, webhook latency and OpenCost prices", async () => {
    const read = await collect("main");
    const pageSum = [
      ...fixture("apiserver-1.34.9").matchAll(/^apiserver_request_total\{[^}]*resource="endpoints"[^}]*\} (\S+)$/gm),
    ]
      .filter(([line]) => line.includes('subresource=""'))
      .reduce((sum, [, value]) => sum + Number(value) * (1 + 900 * GROWTH), 0);
    expect(read.deprecatedApiUse).toMatchObject([{ group: "", version: "v1", resource: "endpoints" }]);
    expect(read.deprecatedApiUse?.[0]?.requestCount).toBeCloseTo(pageSum, 6);
    expect(read.prices.find(({ nodeName }) => nodeName === "node1")).toMatchObject({
      instanceType: "e2-standard-2",
      costPerHour: 0.06631302438846588,
      costPerGpuHour: null,
      isSpot: false,
    });
  });

  it("prefers the pod's own swap figure where container figures are known to be wrong", async () => {
    const read = await collect("resource");
    expect(valuesOf(read, "pod", "event-exporter-gke-54578fb7bb-cdmd4").swapUsedBytes).toBe(1_024_000);
    expect(valuesOf(read, "pod", "pod_a")).toMatchObject({ swapUsedBytes: 5000, swapCapacityBytes: 10_000 });
    expect(valuesOf(read, "node", "node-a")).toMatchObject({ swapUsedBytes: 500, memoryWorkingSetBytes: 1000 });
    expect(valuesOf(read, "node", "node-a").cpuUsedCores).toBeCloseTo(10 * GROWTH, 9);
  });

  it("tells busy and idle GPUs and their holders apart", async () => {
    const { gpu } = await collect("nvidia");
    expect(gpu).toHaveLength(2);
    expect(gpu[0]).toMatchObject({
      nodeName: "node-b",
      index: "0",
      model: "Tesla T4",
      activitySource: "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
      powerWatts: 69.5,
      memoryUsedBytes: 14109 * 2 ** 20,
      memoryTotalBytes: 15109 * 2 ** 20,
      holders: [{ namespace: "ml", pod: "train-0", container: "trainer", activityRatio: null }],
    });
    expect(gpu[0]?.activityRatio).toBeCloseTo(0.99563, 9);
    expect(gpu[1]).toMatchObject({ index: "1", activityRatio: 0, holders: [] });
  });

  it("counts a shared GPU once and gives each pod its own share where it is measured", async () => {
    const [shared, ...others] = (await collect("sharing")).gpu;
    expect(others).toEqual([]);
    expect(shared?.activityRatio).toBeCloseTo(0.714, 9);
    expect(shared?.memoryUsedBytes).toBe(12100 * 2 ** 20);
    const shares = shared?.holders.map(({ pod, memoryUsedBytes }) => [pod, memoryUsedBytes]);
    expect(new Map(shares?.map(([pod, bytes]) => [pod, bytes] as const))).toEqual(
      new Map([
        ["gpu-pod-c69f6664f-vkkcb", 10056 * 2 ** 20],
        ["gpu-pod-c69f6664f-2v922", 2044 * 2 ** 20],
        ["gpu-pod-c69f6664f-wrcxw", 0],
      ]),
    );
    const [copied] = (await collect("copies")).gpu;
    expect(copied?.holders.map(({ activityRatio }) => activityRatio)).toEqual([null, null, null, null]);
    expect(copied?.activityRatio).toBeCloseTo(0.714, 9);
  });

  it("keeps MIG instances inside their device and reads AMD pages", async () => {
    const { gpu } = await collect("mig");
    expect(
      gpu.map(({ partitionId, partitionProfile, isPartitioned }) => [partitionId, partitionProfile, isPartitioned]),
    ).toEqual([
      ["", null, true],
      ["13", "1g.5gb", false],
    ]);
    expect(gpu[1]?.activityRatio).toBeCloseTo(0.995687, 9);
    const amd = (await collect("amd")).gpu;
    expect(amd.map(({ vendor, index, activityRatio }) => [vendor, index, activityRatio === null])).toContainEqual([
      "amd",
      "0",
      false,
    ]);
    expect(amd.find(({ index }) => index === "0")?.holders).toMatchObject([{ pod: "high-utilization-57ls6" }]);
    expect(amd.find(({ index }) => index === "47")?.holders).toEqual([]); // that pod is the exporter
  });

  it("counts eBPF flows once: the sender's node speaks, Service copies and empty zones stay out of the price", async () => {
    const { flows } = await collect("beyla");
    expect(flows).toMatchObject({ adapter: "beyla", capability: "pair-with-zones", serviceCopyCount: 1 });
    const pair = (from: string, to: string) =>
      flows?.samples.filter(({ source, target }) => source.name === from && target.name === to) ?? [];
    expect(pair("httppinger", "testserver")).toMatchObject([
      { scope: "cross-zone", basis: "sender-node", source: { zone: "client-zone" }, target: { zone: "server-zone" } },
    ]);
    expect(pair("httppinger", "testserver")[0]?.bytesPerSecond).toBeCloseTo(84210 * GROWTH, 6);
    expect(pair("testserver", "httppinger")[0]?.bytesPerSecond).toBeCloseTo(391877 * GROWTH, 6);
    expect(pair("kind-worker", "kind-control-plane")[0]?.bytesPerSecond).toBeCloseTo(20596 * GROWTH, 6);
  });

  it("multiplies NetObserv by its sampling and counts one direction", async () => {
    const { flows } = await collect("netobserv");
    expect(flows).toMatchObject({
      adapter: "netobserv",
      capability: "pair-with-zones",
      samplingRate: 50,
      serviceCopyCount: 1,
    });
    const crossing = flows?.samples
      .filter(({ scope }) => scope === "cross-zone")
      .map(({ bytesPerSecond }) => bytesPerSecond);
    expect(crossing?.map((bytes) => Math.round(bytes * 1000))).toEqual([21571 * 50, 18550 * 50]);
  });

  it("reads connections and sent bytes of the sources that know less", async () => {
    const coroot = (await collect("coroot")).flows;
    const toDatabase = coroot?.samples.find(({ target }) => target.name === "db");
    expect(toDatabase).toMatchObject({
      source: { name: "web", zone: "zone-1" },
      target: { zone: "zone-2" },
      scope: "cross-zone",
    });
    expect(toDatabase?.bytesPerSecond).toBeCloseTo(20480 * GROWTH, 6);
    const back = coroot?.samples.find(({ source }) => source.name === "db");
    expect(back?.bytesPerSecond).toBeCloseTo(734_003_200 * GROWTH, 3);
    const costs = (await collect("costs")).flows;
    expect(costs?.capability).toBe("source-only");
    expect(
      costs?.samples.map(({ source, scope, bytesPerSecond }) => [source.name, scope, Math.round(bytesPerSecond)]),
    ).toEqual([
      ["pod1", "cross-zone", 8743],
      ["pod3", "same-zone", 7000],
      ["pod3", "cross-zone", 5000],
      ["pod1", "cross-region", 120],
    ]);
  });

  it("fills the past by chunks, at every level, and knows how far back it goes", async () => {
    const { presence } = await collect("main");
    if (presence === null) throw new Error("no presence");
    const client = new PrometheusClient({ url: server?.url ?? "", selector: 'cluster="main"' });
    const nowSeconds = NOW.getTime() / 1000;
    const budget = new QueryBudget(1000);
    // Fifteen minutes of data: not even the nearest step back, one hour, has any.
    expect(await readHistorySeconds(client, presence, nowSeconds, { budget })).toBe(0);
    expect(await readHistorySeconds(client, presence, nowSeconds + 3600, { budget })).toBe(3600);
    const plan = planBackfill({ nowSeconds, historySeconds: 3600, presence, nodeCount: 2 });
    const context = {
      resolveNode: toNodeResolver(NODES, () => null),
      workloadByName: (namespace: string, name: string) =>
        name === "alertmanager-main" ? { kind: "StatefulSet", namespace, name } : null,
      budget,
    };
    const last = async (level: string, metric: string) => {
      const chunk = plan.chunks.find((one) => one.level === level && one.metric === metric);
      if (chunk === undefined) throw new Error(`no chunk ${level} ${metric}`);
      const { histories } = await runBackfillChunk(client, chunk, context, undefined);
      return histories.flatMap(({ entity, points }) => {
        const value = points.get(chunk.endSeconds);
        return value === undefined ? [] : [{ entity, value }];
      });
    };
    const [io] = (await last("node", "ioWaitingRatio")).filter(({ entity }) => entity.name === "node-a");
    expect(io?.value).toBeCloseTo(159.886802 * GROWTH, 9);
    expect(await last("namespace", "memoryWorkingSetBytes")).toMatchObject([
      { entity: { level: "namespace", name: "monitoring" }, value: 1300 },
    ]);
    const [use] = await last("workload", "cpuUsedCores");
    expect(use?.entity).toMatchObject({ kind: "StatefulSet", namespace: "monitoring", name: "alertmanager-main" });
    expect(use?.value).toBeCloseTo(0.75, 9);
    const [stall] = await last("workload", "memoryWaitingRatio");
    expect(stall?.value).toBeCloseTo(0.002 * GROWTH, 12);
    for (const chunk of plan.chunks) await runBackfillChunk(client, chunk, context, undefined); // each parses and evaluates
    await client.close();
  });

  it("reads one pod's recent window for the pod and its containers", async () => {
    const { presence } = await collect("main");
    if (presence === null) throw new Error("no presence");
    const client = new PrometheusClient({ url: server?.url ?? "", selector: 'cluster="main"' });
    const endSeconds = NOW.getTime() / 1000;
    const request = { namespace: "monitoring", pod: "alertmanager-main-0", startSeconds: endSeconds - 600, endSeconds };
    const detail = await readPodDetail(client, request, presence, { budget: new QueryBudget() });
    await client.close();
    const lastOf = (metric: string, container: string) =>
      detail.series.find((one) => one.metric === metric && one.container === container)?.points.at(-1)?.[1];
    expect(lastOf("cpuUsedCores", "")).toBeCloseTo(0.75, 9);
    expect(lastOf("cpuUsedCores", "reloader")).toBeCloseTo(0.25, 9);
    expect(lastOf("ioStalledRatio", "")).toBeCloseTo(0.0011 * GROWTH, 12);
    expect(lastOf("ioStalledRatio", "alertmanager")).toBeCloseTo(0.0011 * GROWTH, 12);
    expect(lastOf("cpuThrottledRatio", "")).toBeCloseTo(0.25, 9);
    expect(detail).toMatchObject({
      queryCount: 2,
      stepSeconds: 30,
      withoutSource: ["swapCapacityBytes", "ioReadBytesPerSecond", "ioWriteBytesPerSecond"],
    });
  });
});
