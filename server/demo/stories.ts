/** What the demo fleet has to tell: tests look for each story at its source, browser tests on its page. */
export type Story = {
  readonly id: string;
  readonly title: { readonly en: string; readonly zh: string };
  readonly cluster: "prod-us" | "prod-eu" | "onprem-1";
  readonly objects: readonly { readonly kind: string; readonly namespace?: string; readonly name: string }[];
  /** Path of the page that shows it. */
  readonly page: string;
  /** What a reader must find there. */
  readonly finding: Readonly<Record<string, string | number | boolean>>;
};

export const STORIES: readonly Story[] = [
  {
    id: "gate-drift",
    title: { en: "Gate drift after a half-done rollout", zh: "发布只完成一半造成的特性门控漂移" },
    cluster: "prod-us",
    objects: [{ kind: "NodePool", name: "general" }],
    page: "/gates?cluster=prod-us&only=drift",
    finding: { gate: "InPlacePodVerticalScaling", component: "kubelet", verdict: "drift", sinceDays: 4 },
  },
  {
    id: "gate-gone",
    title: { en: "A gate that newer versions no longer know", zh: "新版本已不认识的特性门控" },
    cluster: "onprem-1",
    objects: [{ kind: "Pod", namespace: "kube-system", name: "kube-apiserver-onprem-cp-1" }],
    page: "/upgrade?cluster=onprem-1&target=1.34",
    finding: { gate: "PodDisruptionConditions", goneIn: "1.34", verdict: "blocked" },
  },
  {
    id: "feature-on-but-blocked",
    title: { en: "A feature that is on but blocked", zh: "已开启但受阻的特性" },
    cluster: "prod-us",
    objects: [{ kind: "HorizontalPodAutoscaler", namespace: "payments", name: "fraud-rules" }],
    page: "/features/autoscaling-on-pressure?cluster=prod-us",
    finding: { feature: "autoscaling-on-pressure", verdict: "blocked", reason: "FailedGetExternalMetric" },
  },
  {
    id: "stuck-volume-modification",
    title: { en: "Volume changes that nobody carries out", zh: "无人执行的卷属性变更" },
    cluster: "prod-us",
    objects: [
      { kind: "PersistentVolumeClaim", namespace: "search", name: "data-indexer-0" },
      { kind: "PersistentVolumeClaim", namespace: "payments", name: "ledger-wal" },
      { kind: "PersistentVolumeClaim", namespace: "data", name: "event-bus-1" },
    ],
    page: "/features/volume-attributes-class?cluster=prod-us",
    finding: { feature: "volume-attributes-class", stuckModifications: 3 },
  },
  {
    id: "stuck-claim",
    title: { en: "A claim for devices that nobody can allocate", zh: "无法分配的设备申请" },
    cluster: "prod-us",
    objects: [
      { kind: "ResourceClaim", namespace: "ml-platform", name: "stuck-training-gpus" },
      { kind: "Pod", namespace: "ml-platform", name: "stuck-training" },
    ],
    page: "/gpu?cluster=prod-us&view=claims",
    finding: { deviceClass: "gpu-b200.example.com", reason: "device class does not exist", waitingDays: 2 },
  },
  {
    id: "noisy-neighbour",
    title: { en: "A noisy neighbour", zh: "吵闹的邻居" },
    cluster: "prod-us",
    objects: [
      { kind: "Deployment", namespace: "payments", name: "gateway" },
      { kind: "Deployment", namespace: "data", name: "report-builder" },
    ],
    page: "/pressure/prod-us/nodes/ip-us-general-2",
    finding: { resource: "cpu", sufferer: "payments/gateway", suspect: "data/report-builder", waitingRatioAbove: 0.5 },
  },
  {
    id: "io-stall-idle-cpu",
    title: { en: "Looks idle but stalls on storage", zh: "看似空闲，实则卡在存储上" },
    cluster: "prod-us",
    objects: [{ kind: "StatefulSet", namespace: "search", name: "indexer" }],
    page: "/pressure/prod-us/workloads/search/StatefulSet/indexer",
    finding: { resource: "io", waitingRatioAbove: 0.5, cpuCoresBelow: 0.5 },
  },
  {
    id: "memory-stall-before-oom",
    title: { en: "Memory stalls before the kernel kills", zh: "内存停顿之后被内核杀死" },
    cluster: "prod-eu",
    objects: [{ kind: "Deployment", namespace: "checkout", name: "cart" }],
    page: "/pressure/prod-eu/workloads/checkout/Deployment/cart",
    finding: { resource: "memory", killedHoursAgo: 5, warningMinutes: 40, reason: "OOMKilled" },
  },
  {
    id: "swap-storm",
    title: { en: "A swap storm", zh: "交换风暴" },
    cluster: "prod-eu",
    objects: [
      { kind: "Node", name: "gke-eu-swap-1" },
      { kind: "Deployment", namespace: "data", name: "sessionizer" },
    ],
    page: "/pressure/prod-eu/nodes/gke-eu-swap-1",
    finding: { resource: "memory", waitingRatioAbove: 0.4, swapOutPagesPerSecondAbove: 10_000 },
  },
  {
    id: "bursty-memory",
    title: { en: "Memory held all day for one hour of the night", zh: "为夜间一小时而整日占用的内存" },
    cluster: "prod-eu",
    objects: [{ kind: "Deployment", namespace: "data", name: "pricing-snapshot" }],
    page: "/actions?cluster=prod-eu",
    finding: { action: "swap-pool", overlaps: "right-size", peakOverSteadyAbove: 3 },
  },
  {
    id: "counter-resets-and-missing-labels",
    title: { en: "Counters that reset, labels that went missing", zh: "计数器重置与丢失的标签" },
    cluster: "prod-us",
    objects: [{ kind: "NodePool", name: "memory" }],
    page: "/pressure?cluster=prod-us&level=node",
    finding: { missingLabel: "node", job: "kubelet", sinceDays: 9, resetsPerNode: 3 },
  },
  {
    id: "idle-held-gpus",
    title: { en: "Four GPUs held and never used", zh: "占用却从未使用的四块 GPU" },
    cluster: "prod-us",
    objects: [{ kind: "Pod", namespace: "ml-platform", name: "notebook-mira" }],
    page: "/gpu?cluster=prod-us&view=waste",
    finding: { devices: 4, heldDays: 11, action: "release" },
  },
  {
    id: "oversized-instance",
    title: { en: "A workload on a larger GPU instance than it needs", zh: "占用了超出所需的 GPU 实例" },
    cluster: "prod-us",
    objects: [{ kind: "Deployment", namespace: "search", name: "ranker" }],
    page: "/gpu?cluster=prod-us&view=waste",
    finding: { action: "cheaper-model", from: "3g.20gb", to: "2g.10gb" },
  },
  {
    id: "claim-without-pod",
    title: { en: "A claim that keeps a GPU for a run that is gone", zh: "为已不存在的任务保留着 GPU 的申请" },
    cluster: "prod-us",
    objects: [{ kind: "ResourceClaim", namespace: "ml-platform", name: "eval-suite-gpu" }],
    page: "/gpu?cluster=prod-us&view=waste",
    finding: { action: "fix-claim", devices: 1 },
  },
  {
    id: "ready-for-claims",
    title: { en: "A workload that could move to claims today", zh: "现在即可改用设备申请的工作负载" },
    cluster: "prod-us",
    objects: [{ kind: "Deployment", namespace: "data", name: "captioner" }],
    page: "/gpu?cluster=prod-us&view=migration",
    finding: { state: "ready", resource: "nvidia.com/gpu", count: 1 },
  },
  {
    id: "silent-device",
    title: { en: "A held device that stopped reporting", zh: "被占用却不再上报的设备" },
    cluster: "prod-us",
    objects: [{ kind: "Deployment", namespace: "ml-platform", name: "llm-serve" }],
    page: "/gpu?cluster=prod-us&view=devices",
    finding: { devices: 1, silentDays: 3, state: "held-unknown" },
  },
  {
    id: "cross-zone-step",
    title: { en: "Cross-zone traffic grew elevenfold in a day", zh: "跨可用区流量一天内增至十一倍" },
    cluster: "prod-us",
    objects: [
      { kind: "Deployment", namespace: "checkout", name: "recommendations" },
      { kind: "Deployment", namespace: "checkout", name: "cart" },
    ],
    page: "/network?cluster=prod-us",
    finding: { factor: 11, sinceDays: 6, source: "checkout/cart", destination: "checkout/recommendations" },
  },
  {
    id: "hot-service-pair",
    title: { en: "The pair that carries most of the cross-zone bytes", zh: "跨区流量最大的一对服务" },
    cluster: "prod-us",
    objects: [{ kind: "Service", namespace: "data", name: "feature-store" }],
    page: "/network/services/prod-us/data/feature-store",
    finding: { source: "data/feature-store", destination: "search/query-router", rank: 1 },
  },
  {
    id: "team-over-budget",
    title: { en: "A team over its budget", zh: "超出预算的团队" },
    cluster: "prod-us",
    objects: [{ kind: "Team", name: "ml-platform" }],
    page: "/cost?team=ml-platform",
    finding: { team: "ml-platform", budgetPerMonth: 45_000, currency: "USD", isOver: true },
  },
  {
    id: "anonymous-reader",
    title: { en: "Anybody can read everything", zh: "任何人都能读取一切" },
    cluster: "prod-eu",
    objects: [{ kind: "ClusterRoleBinding", name: "legacy-dashboard-anonymous" }],
    page: "/features/anonymous-auth?cluster=prod-eu",
    finding: { subject: "system:anonymous", role: "read-everything", probeStatus: 200 },
  },
  {
    id: "prometheus-down",
    title: { en: "A Prometheus that has been down since yesterday", zh: "自昨天起停止服务的 Prometheus" },
    cluster: "onprem-1",
    objects: [{ kind: "Cluster", name: "onprem-1" }],
    page: "/clusters/onprem-1?tab=reads",
    finding: { status: 503, downHours: 26 },
  },
];

/** Monthly budgets that fit the stories; its generated sluice.yaml enters them. Unit: the currency per calendar month. */
export const BUDGETS: readonly { readonly team: string; readonly perMonth: number; readonly currency: string }[] = [
  { team: "ml-platform", perMonth: 45_000, currency: "USD" },
  { team: "search", perMonth: 12_000, currency: "USD" },
  { team: "checkout", perMonth: 600, currency: "USD" },
];

export function storyById(id: string): Story {
  const found = STORIES.find((story) => story.id === id);
  if (found === undefined) throw new Error(`No story ${id}`);
  return found;
}
