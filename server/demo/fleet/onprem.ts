import { uuid } from "../random.ts";
import { type BuildContext, ClusterBuilder, finish } from "./cluster-builder.ts";
import { addControlPlane, addNodeAgents, classicSidecar, everydayService } from "./everyday.ts";
import type { DemoCluster } from "./types.ts";

/**
 * v1.31 in the cellar: no provider and no prices, cgroup v1, classic sidecars and AppArmor annotations, half of the API
 * forbidden to the collector, no source of flows, and a Prometheus that has been down since yesterday.
 */
export function buildOnprem(context: BuildContext): DemoCluster {
  const b = new ClusterBuilder(context, {
    name: "onprem-1",
    zones: ["hall-a", "hall-b"],
    minor: "1.31",
    patch: "14",
    podNetwork: 40,
    addressOfNode: (index) => `10.80.4.${index + 11}`,
  });
  const gone = "PodDisruptionConditions=true,StatefulSetStartOrdinal=true";
  const controlPlaneGates = { PodDisruptionConditions: true, StatefulSetStartOrdinal: true };
  b.addNodes({
    pool: "control-plane",
    count: b.sized(3, 1),
    instanceType: "",
    cpuCores: 8,
    memoryGib: 32,
    namePrefix: "onprem-cp",
    isControlPlane: true,
    taints: [{ key: "node-role.kubernetes.io/control-plane", value: "", effect: "NoSchedule" }],
    overrides: () => ({
      kernelVersion: "5.15.0-139-generic",
      osImage: "Ubuntu 22.04.5 LTS",
      runtime: "containerd://1.7.27",
      psi: "absent",
    }),
  });
  b.addNodes({
    pool: "general",
    count: b.sized(5, 2),
    instanceType: "",
    cpuCores: 32,
    memoryGib: 128,
    namePrefix: "onprem-worker",
    overrides: () => ({
      cgroupVersion: 1,
      psi: "absent",
      kernelVersion: "4.18.0-553.el8.x86_64",
      osImage: "Red Hat Enterprise Linux 8.10",
      runtime: "containerd://1.6.28",
      kubeletGates: { StatefulSetStartOrdinal: true },
    }),
  });
  b.addNodes({
    pool: "storage",
    count: b.sized(2, 1),
    instanceType: "",
    cpuCores: 16,
    memoryGib: 64,
    namePrefix: "onprem-storage",
    overrides: () => ({
      kernelVersion: "5.15.0-139-generic",
      osImage: "Ubuntu 22.04.5 LTS",
      runtime: "containerd://1.7.27",
      psi: "absent",
    }),
  });
  addControlPlane(b, gone);
  addNodeAgents(b, ["kube-proxy", "calico-node", "node-exporter"]);

  everydayService(b, "platform", "platform", "ingress", { replicas: 2 });
  everydayService(b, "payments", "payments", "terminal-hub", {
    replicas: b.sized(4, 2),
    options: { appArmor: "annotation", imagePullSecret: true },
  });
  b.addWorkload({
    namespace: "payments",
    name: "card-vault",
    team: "payments",
    replicas: b.sized(3, 2),
    containers: [{ name: "main", cpu: [1, 2, 0.5], memory: [1024, 2048, 900] }, classicSidecar],
    options: { appArmor: "annotation" },
  });
  b.addWorkload({
    namespace: "payments",
    name: "receipt-printer",
    team: "payments",
    replicas: 1,
    containers: [{ name: "main", cpu: [0.2, null, 0], memory: [128, null, 0] }],
    options: {
      appArmor: "annotation",
      rejected: { reason: "AppArmor", message: "Cannot enforce AppArmor: AppArmor is not enabled on the host" },
    },
  });
  everydayService(b, "checkout", "checkout", "pos-sync", { replicas: b.sized(3, 1) });
  everydayService(b, "data", "data", "warehouse-loader", { replicas: b.sized(3, 1), memoryMib: 4096 });
  b.addWorkload({
    kind: "Job",
    namespace: "data",
    name: "nightly-dump",
    team: "data",
    replicas: 1,
    ageDays: 0.4,
    containers: [
      { name: "dump", cpu: [1, null, 0.001], memory: [1024, null, 40] },
      { ...classicSidecar, name: "log-shipper" },
    ],
    options: { job: { parallelism: 1, completions: 1, exitCode: 0 } },
  });
  everydayService(b, null, "legacy", "ldap-proxy", { replicas: 2, ageDays: 118 });
  everydayService(b, null, "legacy", "print-spooler", { replicas: 2, memoryMib: 2048, ageDays: 118 });
  const hub = b.workloads.find((workload) => workload.name === "terminal-hub");
  if (hub !== undefined) b.addService(hub, { topologyMode: "Auto", hints: "missing" });
  b.settleNodes();

  return finish(b, {
    version: "v1.31.14",
    provider: "none",
    region: null,
    uid: uuid(context.seed, "cluster/onprem-1"),
    kubeletAccess: "proxy",
    anonymous: "refused",
    forbidden: [
      "core/events",
      "core/persistentvolumes",
      "core/persistentvolumeclaims",
      "core/serviceaccounts",
      "storage.k8s.io/storageclasses",
      "storage.k8s.io/csidrivers",
      "storage.k8s.io/csinodes",
      "discovery.k8s.io/endpointslices",
      "apps/statefulsets",
      "apps/daemonsets",
      "autoscaling/horizontalpodautoscalers",
      "policy/poddisruptionbudgets",
      "rbac.authorization.k8s.io/roles",
      "rbac.authorization.k8s.io/rolebindings",
      "rbac.authorization.k8s.io/clusterroles",
      "admissionregistration.k8s.io/mutatingwebhookconfigurations",
      "apiregistration.k8s.io/apiservices",
      "nonresource/metrics",
    ],
    controlPlaneGates,
    hasVendorGates: false,
    namespaces: ["kube-system", "default", "monitoring", "platform", "payments", "checkout", "data", "legacy"].map(
      (name) => ({
        name,
        labels: {},
      }),
    ),
    prometheus: {
      label: "none",
      needsToken: false,
      flowExporter: "none",
      scrapeStyle: "chart",
      // Yesterday at this hour; a kept demo stays down.
      downSince: context.anchor - 26 * 3600,
    },
  });
}
