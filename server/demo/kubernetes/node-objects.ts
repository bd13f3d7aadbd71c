import type { DemoCluster, DemoNode } from "../fleet/types.ts";
import { cpuQuantity, isoTime, type JsonObject, memoryQuantity, objectMeta } from "./object.ts";

/** Labels a node carries: well-known ones by provider, its pool, and what device software adds. */
export function nodeLabels(cluster: DemoCluster, node: DemoNode): Record<string, string> {
  const pools: Record<DemoCluster["provider"], string> = {
    aws: "eks.amazonaws.com/nodegroup",
    gcp: "cloud.google.com/gke-nodepool",
    none: "pool",
  };
  return {
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": node.name,
    "kubernetes.io/os": "linux",
    ...(node.instanceType === "" ? {} : { "node.kubernetes.io/instance-type": node.instanceType }),
    ...(cluster.region === null ? {} : { "topology.kubernetes.io/region": cluster.region }),
    ...(node.zone === null ? {} : { "topology.kubernetes.io/zone": node.zone }),
    [pools[cluster.provider]]: node.pool,
    ...(node.isControlPlane ? { "node-role.kubernetes.io/control-plane": "" } : {}),
    ...(cluster.provider === "aws" ? { "karpenter.sh/capacity-type": node.isSpot ? "spot" : "on-demand" } : {}),
    ...node.labels,
  };
}

function providerId(cluster: DemoCluster, node: DemoNode): string | null {
  if (cluster.provider === "aws") return `aws:///${node.zone}/i-0${node.uid.replaceAll("-", "").slice(0, 16)}`;
  if (cluster.provider === "gcp") return `gce://demo-project/${node.zone}/${node.name}`;
  return null;
}

export function nodeObject(cluster: DemoCluster, node: DemoNode, kubeletPort: number, seconds: number): JsonObject {
  const amounts = (cores: number, memoryBytes: number): JsonObject => ({
    cpu: cpuQuantity(cores),
    "ephemeral-storage": "209702892Ki",
    memory: memoryQuantity(memoryBytes),
    pods: "110",
    ...Object.fromEntries(Object.entries(node.extended).map(([name, count]) => [name, String(count)])),
  });
  const id = providerId(cluster, node);
  const booted = node.boots.findLast((boot) => boot <= seconds) ?? node.createdAt;
  const heartbeat = isoTime(seconds - (seconds % 300));
  const condition = (type: string, status: string, reason: string, message: string): JsonObject => ({
    type,
    status,
    lastHeartbeatTime: heartbeat,
    lastTransitionTime: isoTime(booted + 40),
    reason,
    message,
  });
  const hasSwapField = Number(node.kubeletMinor.slice(2)) >= 33 && node.swapBytes > 0;
  return {
    metadata: objectMeta(cluster, {
      name: node.name,
      uid: node.uid,
      createdAt: node.createdAt,
      labels: nodeLabels(cluster, node),
      annotations: {
        "node.alpha.kubernetes.io/ttl": "0",
        "volumes.kubernetes.io/controller-managed-attach-detach": "true",
      },
    }),
    spec: {
      ...(id === null ? {} : { providerID: id }),
      ...(node.taints.length === 0
        ? {}
        : {
            taints: node.taints.map((taint) => ({
              key: taint.key,
              ...(taint.value === "" ? {} : { value: taint.value }),
              effect: taint.effect,
            })),
          }),
    },
    status: {
      capacity: amounts(node.cpuCores, node.memoryBytes),
      allocatable: amounts(node.cpuCores - 0.08, Math.floor((node.memoryBytes * 0.96) / 1024) * 1024),
      conditions: [
        condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
      ],
      addresses: [
        { type: "InternalIP", address: node.address },
        { type: "Hostname", address: node.name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      nodeInfo: {
        machineID: node.uid.replaceAll("-", ""),
        systemUUID: node.uid,
        bootID: node.uid,
        kernelVersion: node.kernelVersion,
        osImage: node.osImage,
        containerRuntimeVersion: node.runtime,
        kubeletVersion: node.kubeletVersion,
        kubeProxyVersion: Number(node.kubeletMinor.slice(2)) >= 33 ? "" : node.kubeletVersion,
        operatingSystem: "linux",
        architecture: "amd64",
        ...(hasSwapField ? { swap: { capacity: node.swapBytes } } : {}),
      },
      ...(node.kubeletMinor >= "1.36"
        ? {
            declaredFeatures: [
              "ExtendWebSocketsToKubelet",
              "InPlacePodLevelResourcesVerticalScaling",
              "InPlacePodVerticalScalingInitContainers",
            ],
          }
        : {}),
    },
  };
}
