import { nameSuffix, uuid } from "../random.ts";
import { load, ZERO } from "../signal.ts";
import type { BuildContext, ClusterBuilder } from "./cluster-builder.ts";
import type { DemoClaim, DemoGpu, DemoPod, DemoWorkload } from "./types.ts";

/** Whole cards by device plugin and by DRA, MIG slices, and cards shared in turns. */
export function addGpuPools(b: ClusterBuilder, context: BuildContext): void {
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

/** Who holds the devices: busy, idle, stuck and silent. */
export function addGpuWork(b: ClusterBuilder, context: BuildContext): void {
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
  // Its run was deleted six days ago; the reservation names that run, not a pod, so nothing takes the device back.
  b.claims.push({
    namespace: "ml-platform",
    name: "eval-suite-gpu",
    pod: null,
    deviceClass: "gpu.nvidia.com",
    count: 1,
    devices: [h100.takeFree()],
    createdAt: b.daysAgo(6),
    reservedFor: { apiGroup: "runs.example.com", resource: "evalruns", name: "eval-suite" },
  });
  // Scaled to zero: it asks by resource name still, runs nowhere, and nothing would keep a claim from being served.
  b.addWorkload({
    namespace: "data",
    name: "captioner",
    team: "data",
    replicas: 0,
    pool: "gpu-h100",
    containers: [{ name: "main", cpu: [4, null, 0], memory: [16_384, 32_768, 0], gpus: { "nvidia.com/gpu": 1 } }],
    options: { toleratesGpu: true },
  });
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
  mig.giveSlices(classifier, "2g.10gb", (key) => load(b.seed, key, 0.4, { daily: 0.4 }), 0.4);
  // Never idle and never busy: what it does and keeps in memory fits the smaller instance.
  mig.giveSlices(ranker, "3g.20gb", (key) => load(b.seed, key, 0.14, { daily: 0.2 }), 0.3);
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
    memoryShare: number,
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
          memoryShare,
        },
      );
    }
  }

  /** A device that no pod of the pool has. */
  takeFree(): DemoClaim["devices"][number] {
    const node = this.builder.nodesOf(this.pool).find((one) => one.gpus.some((gpu) => gpu.holders.length === 0));
    const gpu = node?.gpus.findLast((one) => one.holders.length === 0);
    if (node === undefined || gpu === undefined) throw new Error(`${this.pool} has no free device`);
    return { node, device: `gpu-${gpu.index}` };
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
