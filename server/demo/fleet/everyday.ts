import { between } from "../random.ts";
import { load } from "../signal.ts";
import type { ClusterBuilder, ContainerSpec, WorkloadSpec } from "./cluster-builder.ts";
import type { DemoWorkload } from "./types.ts";

/** Namespaces of the six teams; `legacy` belongs to nobody. */
export const TEAMS = ["checkout", "payments", "search", "ml-platform", "data", "platform"] as const;

/** A service as most teams run it: one container, requests a bit generous, memory limited. */
export function everydayService(
  builder: ClusterBuilder,
  team: string | null,
  namespace: string,
  name: string,
  more: Partial<WorkloadSpec> & { readonly cores?: number; readonly memoryMib?: number } = {},
): DemoWorkload {
  const { cores = 0.5, memoryMib = 768, ...spec } = more;
  // Some ask for far more than they use, some for less: right-sizing needs both.
  const used = between(builder.seed, `used/${namespace}/${name}`, 0.15, 0.85);
  const main: ContainerSpec = {
    name: "main",
    image: `registry.demo.example/${name}:2.4.1`,
    cpu: [cores, null, cores * used],
    memory: [memoryMib, memoryMib * 2, memoryMib * between(builder.seed, `memory/${namespace}/${name}`, 0.3, 0.95)],
  };
  return builder.addWorkload({ namespace, name, team, containers: [main], ...spec });
}

/** A classic sidecar: a regular container that outlives the work. */
export const classicSidecar: ContainerSpec = {
  name: "envoy",
  image: "registry.demo.example/envoy:1.29.2",
  cpu: [0.1, null, 0.03],
  memory: [128, 256, 70],
};

/** The same as a native sidecar. */
export const nativeSidecar: ContainerSpec = { ...classicSidecar, role: "sidecar", hasStartupProbe: true };

/** What runs on every node. */
export function addNodeAgents(builder: ClusterBuilder, agents: readonly string[]): void {
  for (const agent of agents) {
    builder.addWorkload({
      kind: "DaemonSet",
      namespace: agent === "node-exporter" || agent === "beyla" ? "monitoring" : "kube-system",
      name: agent,
      containers: [
        {
          name: agent,
          cpu: [0.1, null, 0.04],
          memory: [64, 256, 90],
          // Its image tag is how the version of kube-proxy is told.
          ...(agent === "kube-proxy"
            ? {
                image: `registry.k8s.io/kube-proxy:v${builder.minor}.${builder.patch}`,
                args: ["--config=/var/lib/kube-proxy/config.conf"],
              }
            : {}),
        },
      ],
      options: { hostNetwork: true, priorityClass: "system-node-critical" },
      ageDays: 100,
    });
  }
}

/** Static pods of a self-managed control plane, with the arguments that they show as mirror pods. */
export function addControlPlane(builder: ClusterBuilder, featureGates: string | null): void {
  const gates = featureGates === null ? [] : [`--feature-gates=${featureGates}`];
  const parts: readonly (readonly [name: string, args: readonly string[], cores: number, memoryMib: number])[] = [
    [
      "kube-apiserver",
      ["kube-apiserver", "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", ...gates],
      0.5,
      1800,
    ],
    ["kube-controller-manager", ["kube-controller-manager", "--leader-elect=true", ...gates], 0.2, 300],
    ["kube-scheduler", ["kube-scheduler", "--leader-elect=true", ...gates], 0.1, 150],
    ["etcd", ["etcd", "--data-dir=/var/lib/etcd"], 0.3, 700],
  ];
  for (const [name, args, cores, memoryMib] of parts) {
    builder.addWorkload({
      kind: "Mirror",
      namespace: "kube-system",
      name,
      pool: "control-plane",
      replicas: builder.nodesOf("control-plane").length,
      containers: [
        {
          name,
          image:
            name === "etcd"
              ? "registry.k8s.io/etcd:3.5.21-0"
              : `registry.k8s.io/${name}:v${builder.minor}.${builder.patch}`,
          cpu: [cores, null, cores * 0.8],
          memory: [memoryMib / 2, null, memoryMib],
          args,
        },
      ],
      options: { hostNetwork: true, priorityClass: "system-node-critical" },
      labels: { component: name, tier: "control-plane" },
      ageDays: 118,
    });
  }
}

/** Ordinary conversations between services, so that stories stand out against something. */
export function addEverydayFlows(builder: ClusterBuilder, pairs: readonly (readonly [string, string, number])[]): void {
  const find = (key: string) => {
    const found = builder.workloads.find((one) => `${one.namespace}/${one.name}` === key);
    if (found === undefined) throw new Error(`No workload ${key} in ${builder.name}`);
    return found;
  };
  for (const [from, to, megabytesPerSecond] of pairs) {
    const request = megabytesPerSecond * 1e6;
    builder.addFlow(find(from), find(to), load(builder.seed, `flow/${from}/${to}`, request, { daily: 0.45 }));
    builder.addFlow(find(to), find(from), load(builder.seed, `flow/${to}/${from}`, request * 0.4, { daily: 0.45 }));
  }
}
