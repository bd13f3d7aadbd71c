import { bursts, DAY, load, momentsEvery, pieces, stepped } from "../signal.ts";
import type { BuildContext, ClusterBuilder } from "./cluster-builder.ts";
import { addEverydayFlows, classicSidecar, everydayService, nativeSidecar } from "./everyday.ts";

const HOUR = 3600;
/** Stories that repeat keep going this long after the anchor, so that a demo left running stays alive. */
const AHEAD = 60 * DAY;

/** The report takes ten cores for an hour and forty minutes, four times a day; one is under way at the anchor. */
export function reportBursts(context: BuildContext, height: number) {
  const starts = momentsEvery(context.anchor - 30 * DAY - 25 * 60, context.anchor + AHEAD, 6 * HOUR);
  return bursts(starts, { height, riseSeconds: 120, holdSeconds: 100 * 60, fallSeconds: 120 });
}

/** The indexer merges segments on a throttled volume, every eight hours for two and a half; the last one is under way. */
export function indexerStall(context: BuildContext, height: number) {
  const starts = momentsEvery(context.anchor - 30 * DAY - HOUR, context.anchor + AHEAD, 8 * HOUR);
  return bursts(starts, { height, riseSeconds: 600, holdSeconds: 2 * HOUR, fallSeconds: 1200 });
}

/** What the teams run beside the accelerators, and who talks to whom. */
export function addServices(b: ClusterBuilder, context: BuildContext): void {
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
    // The small fleet packs more beside it: nobody may use more processors than the node has.
    story: () => ({ cpu: reportBursts(context, b.sized(10.5, 9.3)) }),
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
