import { hexDigits, uuid } from "../random.ts";
import { bursts, DAY, load, momentsEvery, type Piece, pieces, type Signal } from "../signal.ts";
import { type BuildContext, ClusterBuilder, finish, GIB, MIB } from "./cluster-builder.ts";
import { addEverydayFlows, addNodeAgents, everydayService, nativeSidecar } from "./everyday.ts";
import type { DemoCluster } from "./types.ts";

const HOUR = 3600;
const AHEAD = 60 * DAY;

/** v1.36 on GKE: managed control plane, node proxy, a swap pool, flows from NetObserv, prices from OpenCost. */
export function buildProdEu(context: BuildContext): DemoCluster {
  const b = new ClusterBuilder(context, {
    name: "prod-eu",
    zones: ["europe-west1-b", "europe-west1-c", "europe-west1-d"],
    minor: "1.36",
    patch: "2-gke.1043000",
    podNetwork: 30,
    addressOfNode: (index) => `10.132.0.${index + 10}`,
  });
  b.addNodes({
    pool: "general",
    count: b.sized(12, 4),
    instanceType: "n2-standard-16",
    cpuCores: 16,
    memoryGib: 64,
    namePrefix: "gke-eu-general",
    overrides: () => ({
      kernelVersion: "6.12.41+",
      osImage: "Container-Optimized OS from Google",
      runtime: "containerd://2.1.4",
    }),
  });
  b.addNodes({
    pool: "swap",
    count: b.sized(3, 2),
    instanceType: "n2-highmem-8",
    cpuCores: 8,
    memoryGib: 64,
    namePrefix: "gke-eu-swap",
    swapGib: 32,
    taints: [{ key: "swap", value: "limited", effect: "NoSchedule" }],
    overrides: (index) => ({
      swapBehavior: "LimitedSwap",
      kernelVersion: "6.12.41+",
      osImage: "Ubuntu 24.04.2 LTS",
      runtime: "containerd://2.1.4",
      ...(index === 0
        ? {
            swapIn: stormPages(context, 9000),
            swapOut: stormPages(context, 12_000),
            swapUsed: stormBytes(context, 17 * GIB),
          }
        : { swapUsed: load(context.seed, `swap/${index}`, 0.4 * GIB, { daily: 0.2 }) }),
    }),
  });
  b.addNodes({
    pool: "highmem",
    count: b.sized(3, 1),
    instanceType: "n2-highmem-16",
    cpuCores: 16,
    memoryGib: 128,
    namePrefix: "gke-eu-highmem",
    overrides: () => ({
      kernelVersion: "6.12.41+",
      osImage: "Container-Optimized OS from Google",
      runtime: "containerd://2.1.4",
    }),
  });
  addNodeAgents(b, ["kube-proxy", "pdcsi-node", "node-exporter", "netobserv-ebpf-agent"]);
  addServices(b, context);
  addVolumes(b);
  b.settleNodes({
    "gke-eu-swap-1": {
      memorySome: storm(context, 0.46),
      memoryFull: storm(context, 0.33),
      ioSome: storm(context, 0.24),
      ioFull: storm(context, 0.15),
    },
  });
  return finish(b, {
    version: "v1.36.2-gke.1043000",
    provider: "gcp",
    region: "europe-west1",
    uid: uuid(context.seed, "cluster/prod-eu"),
    kubeletAccess: "proxy",
    anonymous: "reads-everything",
    forbidden: [],
    controlPlaneGates: {},
    hasVendorGates: false,
    namespaces: [
      ["kube-system", null],
      ["default", null],
      ["monitoring", "platform"],
      ["opencost", "platform"],
      ["checkout", "checkout"],
      ["payments", "payments"],
      ["search", "search"],
      ["data", "data"],
      ["platform", "platform"],
      ["legacy", null],
    ].map(([name, team]) => ({ name: name ?? "", labels: team === null || team === undefined ? {} : { team } })),
    prometheus: {
      label: "cluster",
      needsToken: false,
      flowExporter: "netobserv",
      scrapeStyle: "manifests",
      downSince: null,
    },
  });
}

/** Every working afternoon the sessionizer outgrows memory; the last storm began seventy minutes ago. */
function stormStarts(context: BuildContext): number[] {
  return momentsEvery(context.anchor - 30 * DAY - 70 * 60, context.anchor + AHEAD, DAY);
}

function storm(context: BuildContext, height: number): Signal {
  return bursts(stormStarts(context), { height, riseSeconds: 900, holdSeconds: 2 * HOUR, fallSeconds: 1800 });
}

function stormPages(context: BuildContext, pagesPerSecond: number): Signal {
  return bursts(stormStarts(context), {
    height: pagesPerSecond,
    riseSeconds: 900,
    holdSeconds: 2 * HOUR,
    fallSeconds: 1800,
  });
}

function stormBytes(context: BuildContext, bytes: number): Signal {
  return bursts(stormStarts(context), {
    height: bytes,
    riseSeconds: 900,
    holdSeconds: 2 * HOUR,
    fallSeconds: 4 * HOUR,
  });
}

/** Every two days the cart's cache fills its memory; the kernel kills it, last five hours ago. */
export function oomMoments(context: BuildContext): number[] {
  return momentsEvery(context.anchor - 30 * DAY - 5 * HOUR, context.anchor + AHEAD, 2 * DAY);
}

/** Memory stalls begin forty minutes before each kill. */
function stallBeforeKill(context: BuildContext, height: number): Signal {
  const warning = 40 * 60;
  return pieces(
    oomMoments(context).flatMap((kill): Piece[] => [
      { from: kill - warning, to: kill - 60, start: 0.02, end: height },
      { from: kill - 60, to: kill, start: height, end: height },
    ]),
  );
}

/** Grows in a straight line to the limit, falls back at each kill. */
function leak(context: BuildContext, bytes: number): Signal {
  const kills = oomMoments(context);
  return pieces(
    kills.map((kill, index) => ({ from: kills[index - 1] ?? kill - 2 * DAY, to: kill, start: 0, end: bytes })),
  );
}

/** Once a night, inside one hour, prices of the day are loaded whole into memory; the other hours need a fraction of it. */
function nightlyLoad(context: BuildContext, bytes: number): Signal {
  const firstHour = Math.floor((context.anchor - 30 * DAY) / HOUR) * HOUR;
  return bursts(momentsEvery(firstHour - 9 * HOUR + 300, context.anchor + AHEAD, DAY), {
    height: bytes,
    riseSeconds: 300,
    holdSeconds: 40 * 60,
    fallSeconds: 300,
  });
}

function addServices(b: ClusterBuilder, context: BuildContext): void {
  const frontend = everydayService(b, null, "checkout", "frontend", {
    replicas: b.sized(8, 3),
    options: { spreadByZone: true, autoscaler: "cpu" },
  });
  const cart = b.addWorkload({
    namespace: "checkout",
    name: "cart",
    replicas: 3,
    nodes: ["gke-eu-general-1", "gke-eu-general-2", "gke-eu-general-3"],
    containers: [{ name: "main", cpu: [1, 2, 0.6], memory: [1024, 1536, 420], rhythm: { daily: 0.3 } }],
    options: { budgetMinAvailable: 2 },
    story: (_container, _ordinal, node) =>
      node === "gke-eu-general-1"
        ? {
            memory: leak(context, 1080 * MIB),
            oomKills: oomMoments(context),
            pressure: {
              memorySome: stallBeforeKill(context, 0.58),
              memoryFull: stallBeforeKill(context, 0.41),
              ioSome: stallBeforeKill(context, 0.2),
            },
          }
        : undefined,
  });
  const gateway = everydayService(b, null, "payments", "gateway", {
    replicas: b.sized(5, 2),
    cores: 1,
    options: { imagePullSecret: true },
  });
  const ledger = everydayService(b, null, "payments", "ledger", {
    replicas: b.sized(5, 2),
    options: { autoscaler: "external" },
  });
  const query = b.addWorkload({
    namespace: "search",
    name: "query",
    replicas: b.sized(5, 2),
    containers: [nativeSidecar, { name: "main", cpu: [2, null, 1.1], memory: [2048, 4096, 1500] }],
    options: { appArmor: "field" },
  });
  const index = everydayService(b, null, "search", "index", {
    replicas: b.sized(4, 2),
    pool: "highmem",
    memoryMib: 16_384,
    cores: 2,
  });
  b.addWorkload({
    namespace: "data",
    name: "sessionizer",
    replicas: b.sized(3, 2),
    nodes: ["gke-eu-swap-1", "gke-eu-swap-2"],
    containers: [{ name: "main", cpu: [1, null, 0.7], memory: [16_384, 32_768, 14_000] }],
    options: { nodeSelector: { "cloud.google.com/gke-nodepool": "swap" } },
    story: (_container, ordinal, node) =>
      node === "gke-eu-swap-1" && ordinal < 2
        ? {
            swap: stormBytes(context, 7.6 * GIB),
            pressure: {
              memorySome: storm(context, 0.52),
              memoryFull: storm(context, 0.4),
              ioSome: storm(context, 0.27),
            },
          }
        : { swap: load(b.seed, `swap-use/${ordinal}`, 180 * MIB, { daily: 0.3 }) },
  });
  everydayService(b, null, "data", "etl-coordinator", { replicas: 2 });
  b.addWorkload({
    namespace: "data",
    name: "pricing-snapshot",
    replicas: 2,
    pool: "highmem",
    containers: [{ name: "main", cpu: [1, null, 0.5], memory: [36_864, 36_864, 5_000] }],
    story: () => ({ memory: nightlyLoad(context, 22 * GIB) }),
  });
  b.addWorkload({
    kind: "CronJob",
    namespace: "data",
    name: "compact-partitions",
    replicas: 1,
    containers: [{ name: "compact", cpu: [1, null, 0.7], memory: [1024, 2048, 800] }],
    options: { schedule: "15 * * * *", job: { parallelism: 1, completions: 1, podReplacementPolicy: "Failed" } },
    ageDays: 0.02,
  });
  everydayService(b, null, "platform", "ingress", { replicas: b.sized(3, 2), options: { spreadByZone: true } });
  everydayService(b, null, "platform", "external-metrics", { replicas: 1 });
  everydayService(b, null, "legacy", "fax-gateway", { replicas: 2, memoryMib: 2048 });
  b.addWorkload({
    namespace: "monitoring",
    name: "kube-state-metrics",
    replicas: 1,
    containers: [{ name: "kube-state-metrics", cpu: [0.1, null, 0.04], memory: [128, 256, 120] }],
  });
  b.addService(frontend, { trafficDistribution: "PreferSameZone" });
  b.addService(cart, { trafficDistribution: "PreferSameZone" });
  for (const workload of [gateway, ledger, query, index]) b.addService(workload);
  addEverydayFlows(b, [
    ["platform/ingress", "checkout/frontend", 4],
    ["checkout/frontend", "checkout/cart", 2],
    ["checkout/cart", "payments/gateway", 1],
    ["payments/gateway", "payments/ledger", 1.4],
    ["search/query", "search/index", 7],
    ["data/etl-coordinator", "data/sessionizer", 2],
  ]);
}

function addVolumes(b: ClusterBuilder): void {
  ["search/index-0", "search/index-1", "payments/ledger-wal", "data/spool"].forEach((owner, index) => {
    const [namespace = "default", claim = owner] = owner.split("/");
    const attributesClass = index === 2 ? "balanced-fast" : null;
    b.volumes.push({
      namespace,
      claim,
      volume: `pvc-${hexDigits(b.seed, `volume/${owner}`, 8)}`,
      bytes: (200 + 100 * index) * GIB,
      storageClass: "premium-rwo",
      driver: "pd.csi.storage.gke.io",
      zone: b.zones[index % b.zones.length] ?? null,
      attributesClass,
      appliedClass: attributesClass,
      modifyStatus: null,
      phase: "Bound",
      phaseSince: b.daysAgo(70 + index),
    });
  });
}
