import { hexDigits, uuid } from "../random.ts";
import { type BuildContext, ClusterBuilder, finish, MIB } from "./cluster-builder.ts";
import { addControlPlane, addNodeAgents } from "./everyday.ts";
import { addGpuPools, addGpuWork } from "./prod-us-gpu.ts";
import { addServices, indexerStall, reportBursts } from "./prod-us-services.ts";
import type { DemoCluster } from "./types.ts";

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
  const general = b.sized(9, 5);
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
