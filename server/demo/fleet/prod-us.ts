import { hexDigits, nameSuffix, uuid } from "../random.ts";
import { bursts, DAY, load, momentsEvery, pieces, stepped, ZERO } from "../signal.ts";
import { type BuildContext, ClusterBuilder, finish, MIB } from "./cluster-builder.ts";
import {
  addControlPlane,
  addEverydayFlows,
  addNodeAgents,
  classicSidecar,
  everydayService,
  nativeSidecar,
} from "./everyday.ts";
import type { DemoCluster, DemoGpu, DemoPod, DemoWorkload } from "./types.ts";

const HOUR = 3600;
/** Stories that repeat keep going this long after the anchor, so that a demo left running stays alive. */
const AHEAD = 60 * DAY;

/** v1.34 on AWS: every kind of accelerator, direct kubelets, flows with zones from Beyla. */
export function buildProdUs(context: BuildContext): DemoCluster {
  const b = new ClusterBuilder(context, {
    name: "prod-us",
    zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
    minor: "1.34",
    patch: "9",
    podNetwork: 20,
    addressOfNode: (index) => `127.1.0.${index + 1}`,
  });
  addPools(b, context);
  addControlPlane(b, null);
  addNodeAgents(b, ["kube-proxy", "aws-node", "ebs-csi-node", "node-exporter", "beyla"]);
  addServices(b, context);
  addGpuWork(b, context);
  addVolumes(b);
  const worst = b.node("ip-us-memory-1").name;
  b.settleNodes({
    [worst]: { ioSome: indexerStall(context, 0.55), ioFull: indexerStall(context, 0.38) },
    "ip-us-general-2": { cpuSome: reportBursts(context, 0.5) },
  });

  return finish(b, {
    version: "v1.34.9",
    provider: "aws",
    region: "us-east-1",
    uid: uuid(context.seed, "cluster/prod-us"),
    kubeletAccess: "direct",
    anonymous: "restricted",
    forbidden: [],
    controlPlaneGates: {},
    hasVendorGates: true,
    namespaces: [
      "kube-system",
      "default",
      "monitoring",
      "gpu-operator",
      "checkout",
      "payments",
      "search",
      "ml-platform",
      "data",
      "platform",
      "legacy",
    ].map((name) => ({ name, labels: {} })),
    prometheus: {
      label: "none",
      needsToken: true,
      flowExporter: "beyla",
      scrapeStyle: "stack",
      downSince: null,
    },
  });
}

function addPools(b: ClusterBuilder, context: BuildContext): void {
  const rollout = b.daysAgo(4);
  const relabelled = b.daysAgo(9);
  const general = b.sized(9, 4);
  b.addNodes({
    pool: "control-plane",
    count: b.sized(3, 1),
    instanceType: "m6i.xlarge",
    cpuCores: 4,
    memoryGib: 16,
    namePrefix: "ip-us-control",
    isControlPlane: true,
    swapGib: 2,
    taints: [{ key: "node-role.kubernetes.io/control-plane", value: "", effect: "NoSchedule" }],
  });
  b.addNodes({
    pool: "general",
    count: general,
    instanceType: "m6i.4xlarge",
    cpuCores: 16,
    memoryGib: 64,
    namePrefix: "ip-us-general",
    // The rollout that removes `InPlacePodVerticalScaling: false` stopped half way, four days ago.
    overrides: (index) => ({
      isSpot: index % 3 === 2,
      kubeletGates: index < general / 2 ? {} : { InPlacePodVerticalScaling: false },
      gateChanges: index < general / 2 ? [{ gate: "InPlacePodVerticalScaling", at: rollout, before: false }] : [],
      ...(index < general / 2 ? { boots: [b.daysAgo(118), rollout] } : {}),
    }),
  });
  b.addNodes({
    pool: "memory",
    count: b.sized(4, 2),
    instanceType: "r6i.4xlarge",
    cpuCores: 16,
    memoryGib: 128,
    namePrefix: "ip-us-memory",
    overrides: (index) => ({
      kubeletGates: { SidecarContainers: true },
      nodeLabelLostAt: relabelled,
      // Reboots at odd moments: counters start again from zero here.
      boots: [b.daysAgo(119), b.daysAgo(17.3 + index * 0.4), relabelled, b.daysAgo(2.6 + index * 0.7)],
      ...(index === b.sized(3, 1)
        ? {
            kubeletVersion: "v1.33.13",
            kubeletMinor: "1.33",
            kernelVersion: "4.18.0-553.el8.x86_64",
            osImage: "Red Hat Enterprise Linux 8.10",
            runtime: "containerd://1.6.28",
            psi: "absent" as const,
            // Switched on by hand, so that the rest of the cluster does not wait for this node.
            kubeletGates: {
              SidecarContainers: true,
              DynamicResourceAllocation: true,
              KubeletServiceAccountTokenForCredentialProviders: true,
            },
          }
        : {}),
    }),
  });
  addGpuPools(b, context);
}

function addGpuPools(b: ClusterBuilder, context: BuildContext): void {
  const taint = [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }];
  const gpu =
    (model: string, memoryMib: number, more: Partial<DemoGpu> = {}) =>
    (node: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({
        uuid: `GPU-${uuid(context.seed, `gpu/${node}/${index}`)}`,
        model,
        memoryMib,
        via: "device-plugin" as const,
        sharedBy: 1,
        slices: [],
        silentSince: null,
        ...more,
      }));
  const product = (name: string, memory: string, count: string) => ({
    "nvidia.com/gpu.product": name,
    "nvidia.com/gpu.memory": memory,
    "nvidia.com/gpu.count": count,
    "nvidia.com/gpu.present": "true",
  });
  b.addNodes({
    pool: "gpu-a100",
    count: b.sized(2, 2),
    instanceType: "p4d.24xlarge",
    cpuCores: 96,
    memoryGib: 1152,
    namePrefix: "ip-us-a100",
    labels: product("NVIDIA-A100-SXM4-40GB", "40960", "8"),
    extended: { "nvidia.com/gpu": 8 },
    taints: taint,
    gpus: (node) => gpu("NVIDIA A100-SXM4-40GB", 40_960)(node, 8),
  });
  b.addNodes({
    pool: "gpu-h100",
    count: b.sized(2, 2),
    instanceType: "p5.48xlarge",
    cpuCores: 192,
    memoryGib: 2048,
    namePrefix: "ip-us-h100",
    labels: product("NVIDIA-H100-80GB-HBM3", "81559", "8"),
    taints: taint,
    gpus: (node) => gpu("NVIDIA H100 80GB HBM3", 81_559, { via: "dra" })(node, 8),
  });
  b.addNodes({
    pool: "gpu-mig",
    count: b.sized(2, 1),
    instanceType: "p4d.24xlarge",
    cpuCores: 96,
    memoryGib: 1152,
    namePrefix: "ip-us-mig",
    labels: { ...product("NVIDIA-A100-SXM4-40GB", "40960", "8"), "nvidia.com/mig.strategy": "mixed" },
    extended: { "nvidia.com/mig-3g.20gb": 8, "nvidia.com/mig-2g.10gb": 16 },
    taints: taint,
    gpus: (node) =>
      gpu("NVIDIA A100-SXM4-40GB", 40_960, {
        slices: [
          { profile: "3g.20gb", id: 1, memoryMib: 19_968 },
          { profile: "2g.10gb", id: 3, memoryMib: 9856 },
          { profile: "2g.10gb", id: 5, memoryMib: 9856 },
        ],
      })(node, 8),
  });
  b.addNodes({
    pool: "gpu-shared",
    count: b.sized(2, 1),
    instanceType: "g5.12xlarge",
    cpuCores: 48,
    memoryGib: 192,
    namePrefix: "ip-us-shared",
    labels: {
      ...product("NVIDIA-A10G-SHARED", "23028", "4"),
      "nvidia.com/gpu.replicas": "4",
      "nvidia.com/gpu.sharing-strategy": "time-slicing",
    },
    extended: { "nvidia.com/gpu": 16 },
    taints: taint,
    overrides: () => ({ psi: "silent" }),
    gpus: (node) => gpu("NVIDIA A10G", 23_028, { sharedBy: 4 })(node, 4),
  });
}

/** The report takes ten cores for an hour and forty minutes, four times a day; one is under way at the anchor. */
function reportBursts(context: BuildContext, height: number) {
  const starts = momentsEvery(context.anchor - 30 * DAY - 25 * 60, context.anchor + AHEAD, 6 * HOUR);
  return bursts(starts, { height, riseSeconds: 120, holdSeconds: 100 * 60, fallSeconds: 120 });
}

/** The indexer merges segments on a throttled volume, every eight hours for two and a half; the last one is under way. */
function indexerStall(context: BuildContext, height: number) {
  const starts = momentsEvery(context.anchor - 30 * DAY - HOUR, context.anchor + AHEAD, 8 * HOUR);
  return bursts(starts, { height, riseSeconds: 600, holdSeconds: 2 * HOUR, fallSeconds: 1200 });
}

function addServices(b: ClusterBuilder, context: BuildContext): void {
  const frontend = everydayService(b, "checkout", "checkout", "frontend", {
    replicas: b.sized(8, 3),
    options: { spreadByZone: true, autoscaler: "cpu", budgetMinAvailable: "50%", appArmor: "field" },
  });
  const cart = everydayService(b, "checkout", "checkout", "cart", {
    replicas: b.sized(6, 3),
    cores: 1,
    memoryMib: 1024,
  });
  const recommendations = everydayService(b, "checkout", "checkout", "recommendations", {
    replicas: b.sized(6, 3),
    rolledOutDaysAgo: 6,
  });
  everydayService(b, "checkout", "checkout", "promotions", {
    replicas: b.sized(3, 1),
    options: { resize: { status: "Deferred" } },
  });
  everydayService(b, "payments", "payments", "gateway", {
    replicas: 3,
    nodes: ["ip-us-general-1", "ip-us-general-2", "ip-us-general-3"],
    cores: 2,
    memoryMib: 1024,
    options: { budgetMinAvailable: 3, imagePullSecret: true },
    story: (_container, _ordinal, node) =>
      node === "ip-us-general-2"
        ? { pressure: { cpuSome: reportBursts(context, 0.62), cpuFull: reportBursts(context, 0.2) } }
        : undefined,
  });
  const ledger = everydayService(b, "payments", "payments", "ledger", { replicas: b.sized(6, 3), cores: 1 });
  everydayService(b, "payments", "payments", "fraud-rules", {
    replicas: b.sized(4, 2),
    options: { autoscaler: "external-broken" },
  });
  b.addWorkload({
    namespace: "payments",
    name: "settlement",
    team: "payments",
    replicas: b.sized(3, 2),
    containers: [{ ...nativeSidecar }, { name: "main", cpu: [0.5, 1, 0.5], memory: [512, 1024, 600] }],
  });
  const router = everydayService(b, "search", "search", "query-router", {
    replicas: b.sized(6, 3),
    cores: 2,
    memoryMib: 2048,
  });
  b.addWorkload({
    kind: "StatefulSet",
    namespace: "search",
    name: "indexer",
    team: "search",
    replicas: 2,
    nodes: ["ip-us-memory-1", "ip-us-memory-2"],
    containers: [{ name: "main", cpu: [4, null, 0.25], memory: [8192, 16_384, 7000], rhythm: { daily: 0.1 } }],
    options: { volumeClaim: "data" },
    story: (_container, _ordinal, node) =>
      node === "ip-us-memory-1"
        ? {
            ioBytes: indexerStall(context, 120e6),
            pressure: { ioSome: indexerStall(context, 0.68), ioFull: indexerStall(context, 0.52) },
          }
        : undefined,
  });
  everydayService(b, "search", "search", "suggest", { replicas: b.sized(4, 2) });
  const featureStore = everydayService(b, "data", "data", "feature-store", {
    replicas: b.sized(6, 3),
    pool: "memory",
    cores: 2,
    memoryMib: 8192,
  });
  b.addWorkload({
    namespace: "data",
    name: "report-builder",
    team: "data",
    replicas: 1,
    nodes: ["ip-us-general-2"],
    containers: [{ name: "main", cpu: [0.5, null, 0.2], memory: [2048, 4096, 1200] }],
    story: () => ({ cpu: reportBursts(context, 10.5) }),
  });
  addJobs(b, context);
  const kafka = everydayService(b, "data", "data", "event-bus", {
    replicas: b.sized(3, 3),
    pool: "memory",
    memoryMib: 4096,
  });
  everydayService(b, "platform", "platform", "ingress", { replicas: b.sized(4, 2), options: { spreadByZone: true } });
  everydayService(b, "platform", "platform", "policy-webhook", { replicas: 2 });
  everydayService(b, null, "legacy", "soap-bridge", { replicas: b.sized(3, 1), memoryMib: 3072, ageDays: 110 });
  b.addWorkload({
    kind: "Pod",
    namespace: "legacy",
    name: "migration-shell",
    replicas: 1,
    containers: [{ name: "shell", cpu: [2, null, 0.01], memory: [4096, null, 60] }],
    options: { emptyDir: true },
  });
  b.addWorkload({
    namespace: "monitoring",
    name: "kube-state-metrics",
    replicas: 1,
    containers: [{ name: "kube-state-metrics", cpu: [0.1, null, 0.04], memory: [128, 256, 120] }],
  });

  b.addService(frontend, { trafficDistribution: "PreferSameZone" });
  b.addService(cart, { trafficDistribution: "PreferClose" });
  b.addService(recommendations, { trafficDistribution: "PreferSameZone", hints: "missing" });
  b.addService(ledger);
  b.addService(router);
  b.addService(featureStore);
  b.addService(kafka, { trafficDistribution: "PreferSameNode" });
  for (const workload of b.workloads.filter((one) => one.name === "gateway" || one.name === "suggest")) {
    b.addService(workload, workload.name === "suggest" ? { topologyMode: "Auto", hints: "missing" } : {});
  }
  addEverydayFlows(b, [
    ["platform/ingress", "checkout/frontend", 6],
    ["checkout/frontend", "checkout/cart", 4],
    ["checkout/cart", "payments/gateway", 1.5],
    ["payments/gateway", "payments/ledger", 2],
    ["search/suggest", "search/query-router", 1],
    ["data/feature-store", "data/event-bus", 3],
  ]);
  // The pair that carries most bytes, all day, across zones.
  b.addFlow(router, featureStore, load(b.seed, "flow/hot", 9e6, { daily: 0.3 }), 0.3);
  b.addFlow(featureStore, router, load(b.seed, "flow/hot-reply", 46e6, { daily: 0.3 }), 0.3);
  // Six days ago a release started to fetch whole baskets instead of changes: eleven times the bytes.
  const step = [{ from: b.daysAgo(6), factor: 11 }];
  b.addFlow(recommendations, cart, stepped(load(b.seed, "flow/step", 0.3e6), 1, step), 0.33);
  b.addFlow(cart, recommendations, stepped(load(b.seed, "flow/step-reply", 1.9e6), 1, step), 0.33);
}

function addJobs(b: ClusterBuilder, context: BuildContext): void {
  const worker = { name: "worker", cpu: [0.5, null, 0.4] as const, memory: [512, 1024, 300] as const };
  b.addWorkload({
    kind: "Job",
    namespace: "data",
    name: "backfill-orders",
    team: "data",
    replicas: 2,
    ageDays: 1.2,
    containers: [worker],
    options: {
      job: {
        parallelism: 2,
        completions: 6,
        isIndexed: true,
        backoffLimitPerIndex: 2,
        podFailurePolicy: true,
        succeeded: 3,
      },
    },
  });
  b.addWorkload({
    kind: "Job",
    namespace: "data",
    name: "export-parquet",
    team: "data",
    replicas: 1,
    ageDays: 0.6,
    containers: [worker],
    options: { job: { parallelism: 1, completions: 1, backoffLimit: 6, failed: 5, exitCode: 42 } },
  });
  b.addWorkload({
    kind: "Job",
    namespace: "ml-platform",
    name: "evaluate-checkpoints",
    team: "ml-platform",
    replicas: 2,
    ageDays: 0.4,
    containers: [worker],
    options: {
      job: { parallelism: 2, completions: 4, isIndexed: true, successPolicy: true, podReplacementPolicy: "Failed" },
    },
  });
  // Its work ended nine hours ago; the classic sidecar keeps the pod, and the Job, alive.
  const ended = context.anchor - 9 * HOUR;
  b.addWorkload({
    kind: "Job",
    namespace: "checkout",
    name: "price-import",
    team: "checkout",
    replicas: 1,
    ageDays: 0.5,
    containers: [{ ...worker, name: "import", cpu: [1, null, 0.001] }, classicSidecar],
    options: { job: { parallelism: 1, completions: 1, exitCode: 0 } },
    story: (container) =>
      container === "import"
        ? { cpu: pieces([{ from: ended - 3 * HOUR, to: ended, start: 0.9, end: 0.9 }]) }
        : undefined,
  });
}

function addGpuWork(b: ClusterBuilder, context: BuildContext): void {
  b.addWorkload({
    kind: "DaemonSet",
    namespace: "gpu-operator",
    name: "nvidia-dcgm-exporter",
    nodes: b.nodes.filter((node) => node.gpus.length > 0).map((node) => node.name),
    containers: [{ name: "exporter", cpu: [0.1, null, 0.05], memory: [128, 512, 200] }],
    options: { toleratesGpu: true },
  });
  b.addWorkload({
    kind: "DaemonSet",
    namespace: "gpu-operator",
    name: "nvidia-device-plugin",
    nodes: b.nodes.filter((node) => node.gpus.some((gpu) => gpu.via === "device-plugin")).map((node) => node.name),
    containers: [{ name: "plugin", cpu: [0.05, null, 0.01], memory: [64, 128, 40] }],
    options: { toleratesGpu: true },
  });
  b.addWorkload({
    kind: "DaemonSet",
    namespace: "gpu-operator",
    name: "nvidia-dra-driver-kubelet-plugin",
    pool: "gpu-h100",
    containers: [{ name: "gpus", cpu: [0.05, null, 0.01], memory: [64, 128, 40] }],
    options: { toleratesGpu: true },
  });
  const trainer = { name: "trainer", cpu: [16, null, 13] as const, memory: [131_072, 262_144, 120_000] as const };
  const a100 = new DeviceQueue(b, "gpu-a100");
  const training = b.addWorkload({
    kind: "StatefulSet",
    namespace: "ml-platform",
    name: "llm-train",
    team: "ml-platform",
    replicas: 2,
    pool: "gpu-a100",
    containers: [{ ...trainer, gpus: { "nvidia.com/gpu": 4 } }],
    options: { toleratesGpu: true },
    ageDays: 26,
  });
  a100.giveEach(training, 4, "trainer", (key) => load(b.seed, key, 0.88, { daily: 0.02, weekly: 0, noise: 0.08 }), 0.9);
  // Held since eleven days, never used: a notebook that someone forgot.
  const notebook = b.addWorkload({
    kind: "Pod",
    namespace: "ml-platform",
    name: "notebook-mira",
    team: "ml-platform",
    replicas: 1,
    nodes: ["ip-us-a100-1"],
    containers: [
      { name: "notebook", cpu: [8, null, 0.02], memory: [65_536, 65_536, 3000], gpus: { "nvidia.com/gpu": 4 } },
    ],
    options: { toleratesGpu: true },
    ageDays: 11,
  });
  a100.giveEach(notebook, 4, "notebook", () => ZERO, 0.02);
  const embedder = b.addWorkload({
    namespace: "search",
    name: "embedder",
    team: "search",
    replicas: 2,
    nodes: ["ip-us-a100-2"],
    containers: [{ name: "main", cpu: [4, null, 2], memory: [16_384, 32_768, 12_000], gpus: { "nvidia.com/gpu": 1 } }],
    options: { toleratesGpu: true },
  });
  a100.giveEach(embedder, 1, "main", (key) => load(b.seed, key, 0.32, { daily: 0.4 }), 0.5);
  addDraWork(b, context);
  addSharedWork(b);
}

function addDraWork(b: ClusterBuilder, context: BuildContext): void {
  const h100 = new DeviceQueue(b, "gpu-h100");
  const serve = b.addWorkload({
    namespace: "ml-platform",
    name: "llm-serve",
    team: "ml-platform",
    replicas: 4,
    pool: "gpu-h100",
    containers: [{ name: "server", cpu: [16, null, 8], memory: [131_072, 196_608, 90_000], usesClaims: ["gpu"] }],
    options: { toleratesGpu: true, claimTemplate: "two-h100" },
    ageDays: 40,
  });
  h100.claimEach(serve, 2, "server", (key) => load(b.seed, key, 0.55, { daily: 0.4 }), 0.8);
  const finetune = b.addWorkload({
    kind: "StatefulSet",
    namespace: "ml-platform",
    name: "finetune",
    team: "ml-platform",
    replicas: 1,
    nodes: ["ip-us-h100-2"],
    containers: [
      {
        ...{ name: "trainer", cpu: [24, null, 20] as const, memory: [262_144, 393_216, 200_000] as const },
        usesClaims: ["gpu"],
      },
    ],
    options: { toleratesGpu: true, claimTemplate: "four-h100" },
    ageDays: 12,
  });
  h100.claimEach(
    finetune,
    4,
    "trainer",
    (key) => load(b.seed, key, 0.91, { daily: 0.02, weekly: 0, noise: 0.06 }),
    0.92,
  );
  // One held device stopped reporting three days ago: nobody can say whether it works.
  const serving = b.podsOf(serve)[0];
  const silent = b.nodes
    .flatMap((node) => node.gpus.map((gpu) => ({ node, gpu })))
    .find((one) => one.gpu.holders.some((holder) => holder.pod === serving));
  if (silent !== undefined) {
    silent.node.gpus = silent.node.gpus.map((gpu) =>
      gpu.uuid === silent.gpu.uuid ? { ...gpu, silentSince: b.daysAgo(3) } : gpu,
    );
  }
  const stuck = b.addWorkload({
    kind: "Pod",
    namespace: "ml-platform",
    name: "stuck-training",
    team: "ml-platform",
    replicas: 1,
    pool: "gpu-h100",
    containers: [{ name: "trainer", cpu: [8, null, 0], memory: [65_536, null, 0], usesClaims: ["gpu"] }],
    options: {
      toleratesGpu: true,
      claimName: "stuck-training-gpus",
      pending: {
        reason: "Unschedulable",
        message:
          "0/24 nodes are available: device class gpu-b200.example.com does not exist. no new claims to deallocate, preemption: 0/24 nodes are available: 24 Preemption is not helpful for scheduling.",
      },
    },
    ageDays: 2.2,
  });
  const pod = b.podsOf(stuck)[0] ?? null;
  b.claims.push({
    namespace: "ml-platform",
    name: "stuck-training-gpus",
    pod,
    deviceClass: "gpu-b200.example.com",
    count: 4,
    devices: [],
    createdAt: b.daysAgo(2.2),
  });
  b.events.push({
    namespace: "ml-platform",
    kind: "Pod",
    name: "stuck-training",
    type: "Warning",
    reason: "FailedScheduling",
    message: stuck.options.pending?.message ?? "",
    component: "default-scheduler",
    at: context.anchor - 240,
    count: 611,
  });
}

function addSharedWork(b: ClusterBuilder): void {
  const tagger = b.addWorkload({
    namespace: "data",
    name: "video-tagger",
    team: "data",
    replicas: b.sized(10, 4),
    pool: "gpu-shared",
    containers: [{ name: "main", cpu: [1, null, 0.5], memory: [2048, 4096, 1500], gpus: { "nvidia.com/gpu": 1 } }],
    options: { toleratesGpu: true },
  });
  const shared = new DeviceQueue(b, "gpu-shared");
  shared.giveEach(tagger, 1, "main", (key) => load(b.seed, key, 0.18, { daily: 0.4 }), 0.12);
  const classifier = b.addWorkload({
    namespace: "search",
    name: "classifier",
    team: "search",
    replicas: b.sized(6, 3),
    pool: "gpu-mig",
    containers: [
      { name: "main", cpu: [1, null, 0.4], memory: [4096, 8192, 2500], gpus: { "nvidia.com/mig-2g.10gb": 1 } },
    ],
    options: { toleratesGpu: true },
  });
  const ranker = b.addWorkload({
    namespace: "search",
    name: "ranker",
    team: "search",
    replicas: b.sized(4, 2),
    pool: "gpu-mig",
    containers: [
      { name: "main", cpu: [2, null, 0.8], memory: [8192, 16_384, 5000], gpus: { "nvidia.com/mig-3g.20gb": 1 } },
    ],
    options: { toleratesGpu: true },
  });
  const mig = new DeviceQueue(b, "gpu-mig");
  mig.giveSlices(classifier, "2g.10gb", (key) => load(b.seed, key, 0.4, { daily: 0.4 }));
  mig.giveSlices(ranker, "3g.20gb", (key) => load(b.seed, key, 0.06, { daily: 0.3 }));
}

/** Hands out the devices of a pool, pod by pod, on the node where each pod runs. */
class DeviceQueue {
  private readonly builder: ClusterBuilder;
  private readonly taken = new Map<string, number>();
  readonly pool: string;

  constructor(builder: ClusterBuilder, pool: string) {
    this.builder = builder;
    this.pool = pool;
  }

  giveEach(
    workload: DemoWorkload,
    count: number,
    container: string,
    active: (key: string) => DemoGpu["holders"][number]["active"],
    memoryShare: number,
  ): void {
    for (const pod of this.builder.podsOf(workload)) {
      for (let index = 0; index < count; index += 1) this.give(pod, container, active, memoryShare, null);
    }
  }

  /** One generated claim per pod, with `count` devices in it. */
  claimEach(
    workload: DemoWorkload,
    count: number,
    container: string,
    active: (key: string) => DemoGpu["holders"][number]["active"],
    memoryShare: number,
  ): void {
    for (const pod of this.builder.podsOf(workload)) {
      const name = `${pod.name}-gpu-${nameSuffix(this.builder.seed, `claim/${pod.uid}`)}`;
      const devices = Array.from({ length: count }, () => this.give(pod, container, active, memoryShare, name));
      this.builder.claims.push({
        namespace: pod.namespace,
        name,
        pod,
        deviceClass: "gpu.nvidia.com",
        count,
        devices,
        createdAt: pod.from,
      });
    }
  }

  giveSlices(
    workload: DemoWorkload,
    profile: string,
    active: (key: string) => DemoGpu["holders"][number]["active"],
  ): void {
    for (const pod of this.builder.podsOf(workload)) {
      const node = pod.node;
      if (node === null) continue;
      const free = node.gpus
        .flatMap((gpu) => gpu.slices.map((slice) => ({ gpu, slice })))
        .find(
          ({ gpu, slice }) => slice.profile === profile && !gpu.holders.some((holder) => holder.slice === slice.id),
        );
      if (free === undefined) throw new Error(`No free ${profile} slice on ${node.name}`);
      this.builder.hold(
        { node: node.name, index: free.gpu.index },
        {
          pod,
          container: "main",
          slice: free.slice.id,
          claim: null,
          active: active(`gpu/${pod.uid}`),
          memoryShare: 0.4,
        },
      );
    }
  }

  private give(
    pod: DemoPod,
    container: string,
    active: (key: string) => DemoGpu["holders"][number]["active"],
    memoryShare: number,
    claim: string | null,
  ) {
    const node = pod.node;
    if (node === null) throw new Error(`${pod.name} has no node`);
    const next = this.taken.get(node.name) ?? 0;
    this.taken.set(node.name, next + 1);
    const gpu = node.gpus[next % Math.max(1, node.gpus.length)];
    if (gpu === undefined || next >= node.gpus.length * gpu.sharedBy)
      throw new Error(`${node.name} has no free device`);
    this.builder.hold(
      { node: node.name, index: gpu.index },
      { pod, container, slice: null, claim, active: active(`gpu/${pod.uid}/${gpu.index}`), memoryShare },
    );
    return { node, device: `gpu-${gpu.index}` };
  }
}

function addVolumes(b: ClusterBuilder): void {
  const owners = [
    "search/data-indexer-0",
    "search/data-indexer-1",
    "payments/ledger-wal",
    "data/event-bus-0",
    "data/event-bus-1",
    "checkout/cart-cache",
  ];
  owners.forEach((owner, index) => {
    const [namespace = "default", claim = owner] = owner.split("/");
    // A class was asked for on three claims; no sidecar acts on it, so nothing has moved for three days.
    const isStuck = index === 0 || index === 2 || index === 4;
    b.volumes.push({
      namespace,
      claim,
      volume: `pvc-${hexDigits(b.seed, `volume/${owner}`, 8)}`,
      bytes: (100 + 50 * index) * 1024 * MIB,
      storageClass: "gp3",
      driver: "ebs.csi.aws.com",
      zone: b.zones[index % b.zones.length] ?? null,
      attributesClass: isStuck ? "gold" : null,
      appliedClass: null,
      modifyStatus: isStuck ? (index === 4 ? "Infeasible" : "InProgress") : null,
      phase: "Bound",
      phaseSince: b.daysAgo(80 + index),
    });
  });
  for (const [index, days] of [41, 63].entries()) {
    b.volumes.push({
      namespace: "legacy",
      claim: `old-uploads-${index}`,
      volume: `pvc-old-${index}`,
      bytes: 500 * 1024 * MIB,
      storageClass: "gp3",
      driver: "ebs.csi.aws.com",
      zone: b.zones[index] ?? null,
      attributesClass: null,
      appliedClass: null,
      modifyStatus: null,
      phase: "Released",
      phaseSince: b.daysAgo(days),
    });
  }
}
