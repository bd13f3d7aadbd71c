import { uuid } from "../random.ts";
import { type BuildContext, ClusterBuilder, finish } from "./cluster-builder.ts";
import { TEAMS } from "./everyday.ts";
import type { DemoCluster } from "./types.ts";

export const SCALE_NODES = 5000;
export const SCALE_PODS = 150_000;
export const SCALE_REPLICAS = 50;

/**
 * The pattern from which the big cluster is stamped: a handful of pools and workloads in full detail. Two containers a
 * pod, so 150,000 pods are 300,000 containers.
 */
export function buildScalePattern(context: BuildContext): DemoCluster {
  const b = new ClusterBuilder(context, {
    name: "scale-1",
    zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
    minor: "1.34",
    patch: "9",
    podNetwork: 20,
    addressOfNode: (index) => `10.0.${index >> 8}.${index & 255}`,
  });
  for (const pool of ["general", "memory"]) {
    b.addNodes({
      pool,
      count: 3,
      instanceType: pool === "general" ? "m6i.4xlarge" : "r6i.4xlarge",
      cpuCores: 16,
      memoryGib: pool === "general" ? 64 : 128,
      namePrefix: `scale-${pool}`,
      // Every sixth node of the stamped cluster lags one minor.
      overrides: (index) =>
        pool === "memory" && index === 2
          ? { kubeletVersion: "v1.33.13", kubeletMinor: "1.33", kubeletGates: { KubeletPSI: true } }
          : {},
    });
  }
  for (const [index, team] of TEAMS.entries()) {
    const workload = b.addWorkload({
      namespace: team,
      name: `service-${index}`,
      team,
      replicas: 1,
      pool: index % 3 === 2 ? "memory" : "general",
      containers: [
        { name: "main", cpu: [0.25, index % 2 === 0 ? 1 : null, 0.1], memory: [512, 1024, 400] },
        { name: "proxy", cpu: [0.05, null, 0.02], memory: [64, 128, 50], role: index % 2 === 0 ? "sidecar" : "app" },
      ],
      options: { spreadByZone: index % 2 === 0 },
    });
    b.addService(workload, index % 3 === 0 ? { trafficDistribution: "PreferSameZone" } : {});
  }
  b.settleNodes();
  return finish(b, {
    version: "v1.34.9",
    provider: "aws",
    region: "us-east-1",
    uid: uuid(context.seed, "cluster/scale-1"),
    kubeletAccess: "proxy",
    anonymous: "restricted",
    forbidden: [],
    controlPlaneGates: {},
    hasVendorGates: false,
    namespaces: ["kube-system", "default", ...TEAMS].map((name) => ({ name, labels: {} })),
    prometheus: {
      label: "none",
      needsToken: false,
      flowExporter: "none",
      scrapeStyle: "stack",
      downSince: null,
    },
  });
}
