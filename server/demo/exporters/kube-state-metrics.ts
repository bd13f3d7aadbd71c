import { ALWAYS, counterFamily, type Family, gauge, type LabelSet, type Row } from "../exposition.ts";
import type { Amounts, DemoCluster, DemoNode, DemoPod } from "../fleet/types.ts";
import { nodeLabels } from "../kubernetes/node-objects.ts";
import { ownerOf, podPhase, qosClass } from "../kubernetes/pod-objects.ts";

/** kube-state-metrics' page. Series of a pod live as long as the pod does. */
export function kubeStateFamilies(cluster: DemoCluster): Family[] {
  return [...nodeFamilies(cluster), ...podFamilies(cluster), ...containerFamilies(cluster), ...volumeFamilies(cluster)];
}

/** nvidia.com/gpu → nvidia_com_gpu, as kube-state-metrics writes resource names. */
export function sanitize(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, "_");
}

/** topology.kubernetes.io/zone → label_topology_kubernetes_io_zone. */
export function labelMetricName(name: string): string {
  return `label_${sanitize(name).replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")}`.toLowerCase();
}

function one(labels: LabelSet, at: Row["at"] = () => 1, life: { from: number; to: number } = ALWAYS): Row {
  return { ...life, labels, at };
}

function amountRows(base: LabelSet, amounts: Amounts, life: { from: number; to: number } = ALWAYS): Row[] {
  const rows: Row[] = [];
  const { cpuCores, memoryBytes, extended = {} } = amounts;
  if (cpuCores !== undefined) rows.push(one({ ...base, resource: "cpu", unit: "core" }, () => cpuCores, life));
  if (memoryBytes !== undefined) rows.push(one({ ...base, resource: "memory", unit: "byte" }, () => memoryBytes, life));
  for (const [name, value] of Object.entries(extended)) {
    rows.push(one({ ...base, resource: sanitize(name), unit: "integer" }, () => value, life));
  }
  return rows;
}

function nodeFamilies(cluster: DemoCluster): Family[] {
  const capacity = (node: DemoNode, share: number) =>
    amountRows(
      { node: node.name },
      {
        cpuCores: node.cpuCores - (share < 1 ? 0.08 : 0),
        memoryBytes: Math.floor(node.memoryBytes * share),
        extended: { ...node.extended, pods: 110 },
      },
    );
  return [
    gauge(
      "kube_namespace_labels",
      "[STABLE] Kubernetes labels converted to Prometheus labels.",
      cluster.namespaces.map(({ name, labels }) =>
        one({
          namespace: name,
          label_kubernetes_io_metadata_name: name,
          ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [labelMetricName(key), value])),
        }),
      ),
    ),
    gauge(
      "kube_node_info",
      "[STABLE] Information about a cluster node.",
      cluster.nodes.map((node) =>
        one({
          container_runtime_version: node.runtime,
          internal_ip: node.address,
          kernel_version: node.kernelVersion,
          kubelet_version: node.kubeletVersion,
          kubeproxy_version: "deprecated",
          node: node.name,
          os_image: node.osImage,
          pod_cidr: "",
          provider_id: "",
          system_uuid: node.uid,
        }),
      ),
    ),
    gauge(
      "kube_node_labels",
      "[STABLE] Kubernetes labels converted to Prometheus labels.",
      cluster.nodes.map((node) =>
        one({
          node: node.name,
          ...Object.fromEntries(
            Object.entries(nodeLabels(cluster, node)).map(([key, value]) => [labelMetricName(key), value]),
          ),
        }),
      ),
    ),
    gauge(
      "kube_node_spec_taint",
      "[STABLE] The taint of a cluster node.",
      cluster.nodes.flatMap((node) =>
        node.taints.map((taint) => one({ effect: taint.effect, key: taint.key, node: node.name, value: taint.value })),
      ),
    ),
    gauge(
      "kube_node_status_allocatable",
      "[STABLE] The allocatable for different resources of a node that are available for scheduling.",
      cluster.nodes.flatMap((node) => capacity(node, 0.96)),
    ),
    gauge(
      "kube_node_status_capacity",
      "[STABLE] The capacity for different resources of a node.",
      cluster.nodes.flatMap((node) => capacity(node, 1)),
    ),
    gauge(
      "kube_node_status_condition",
      "[STABLE] The condition of a cluster node.",
      cluster.nodes.flatMap((node) =>
        ["false", "true", "unknown"].map((status) =>
          one({ condition: "Ready", node: node.name, status }, () => Number(status === "true")),
        ),
      ),
    ),
  ];
}

function podFamilies(cluster: DemoCluster): Family[] {
  const rows = (make: (pod: DemoPod, base: LabelSet) => Row[]) =>
    cluster.pods.flatMap((pod) => make(pod, { namespace: pod.namespace, pod: pod.name, uid: pod.uid }));
  const life = (pod: DemoPod) => ({ from: pod.from, to: pod.to });
  return [
    gauge(
      "kube_pod_created",
      "[STABLE] Unix creation timestamp",
      rows((pod, base) => [one(base, () => pod.from, life(pod))]),
    ),
    gauge(
      "kube_pod_info",
      "[STABLE] Information about pod.",
      rows((pod, base) => {
        const owner = ownerOf(pod);
        return [
          one(
            {
              ...base,
              created_by_kind: owner?.kind ?? "",
              created_by_name: owner?.name ?? "",
              host_ip: pod.node?.address ?? "",
              host_network: String(pod.workload.options.hostNetwork === true),
              node: pod.node?.name ?? "",
              pod_ip: pod.node === null ? "" : pod.ip,
              priority_class: pod.workload.options.priorityClass ?? "",
            },
            () => 1,
            life(pod),
          ),
        ];
      }),
    ),
    gauge(
      "kube_pod_labels",
      "[STABLE] Kubernetes labels converted to Prometheus labels.",
      rows((pod, base) => [
        one(
          {
            ...base,
            ...Object.fromEntries(
              Object.entries(pod.workload.labels).map(([key, value]) => [labelMetricName(key), value]),
            ),
          },
          () => 1,
          life(pod),
        ),
      ]),
    ),
    gauge(
      "kube_pod_owner",
      "[STABLE] Information about the Pod's owner.",
      rows((pod, base) => {
        const owner = ownerOf(pod);
        return [
          one(
            {
              ...base,
              owner_is_controller: owner === null ? "" : "true",
              owner_kind: owner?.kind ?? "",
              owner_name: owner?.name ?? "",
            },
            () => 1,
            life(pod),
          ),
        ];
      }),
    ),
    gauge(
      "kube_pod_resourceclaim_info",
      "Information about a DRA ResourceClaim referenced by a pod, one series per pod.spec.resourceClaims entry",
      cluster.claims.flatMap((claim) =>
        claim.pod === null
          ? []
          : [
              one(
                {
                  namespace: claim.namespace,
                  pod: claim.pod.name,
                  uid: claim.pod.uid,
                  claim_name: "gpu",
                  resourceclaim_name: claim.name,
                  resourceclaim_template_name: claim.pod.workload.options.claimTemplate ?? "",
                },
                () => 1,
                life(claim.pod),
              ),
            ],
      ),
    ),
    gauge(
      "kube_pod_status_phase",
      "[STABLE] The pods current phase.",
      rows((pod, base) =>
        ["Failed", "Pending", "Running", "Succeeded", "Unknown"].map((phase) =>
          one({ ...base, phase }, () => Number(podPhase(pod) === phase), life(pod)),
        ),
      ),
    ),
    gauge(
      "kube_pod_status_qos_class",
      "The pods current qosClass.",
      rows((pod, base) =>
        ["BestEffort", "Burstable", "Guaranteed"].map((qos) =>
          one({ ...base, qos_class: qos }, () => Number(qosClass(pod.containers) === qos), life(pod)),
        ),
      ),
    ),
    gauge(
      "kube_replicaset_owner",
      "[STABLE] Information about the ReplicaSet's owner.",
      cluster.workloads
        .filter((workload) => workload.kind === "Deployment")
        .map((workload) =>
          one({
            namespace: workload.namespace,
            replicaset: `${workload.name}-${workload.hash}`,
            owner_is_controller: "true",
            owner_kind: "Deployment",
            owner_name: workload.name,
          }),
        ),
    ),
  ];
}

function containerFamilies(cluster: DemoCluster): Family[] {
  const each = (
    make: (pod: DemoPod, container: DemoPod["containers"][number], base: LabelSet) => Row[],
    role: "init" | "regular",
  ) =>
    cluster.pods.flatMap((pod) =>
      pod.containers
        .filter((container) => (container.role === "app") === (role === "regular"))
        .flatMap((container) =>
          make(pod, container, { container: container.name, namespace: pod.namespace, pod: pod.name, uid: pod.uid }),
        ),
    );
  const requests = (key: "requests" | "limits", role: "init" | "regular") =>
    each(
      (pod, container, base) =>
        amountRows({ ...base, node: pod.node?.name ?? "" }, container[key], { from: pod.from, to: pod.to }),
      role,
    );
  return [
    gauge(
      "kube_pod_container_resource_limits",
      "[STABLE] The number of requested limit resource by a container. It is recommended to use the kube_pod_resource_limits metric exposed by kube-scheduler instead, as it is more precise.",
      requests("limits", "regular"),
    ),
    gauge(
      "kube_pod_container_resource_requests",
      "[STABLE] The number of requested request resource by a container. It is recommended to use the kube_pod_resource_requests metric exposed by kube-scheduler instead, as it is more precise.",
      requests("requests", "regular"),
    ),
    gauge(
      "kube_pod_container_status_last_terminated_reason",
      "Describes the last reason the container was in terminated state.",
      each((pod, container, base) => {
        const first = container.oomKills.find((kill) => kill > pod.from);
        if (first === undefined) return [];
        return [one({ ...base, reason: "OOMKilled" }, () => 1, { from: first, to: pod.to })];
      }, "regular"),
    ),
    gauge(
      "kube_pod_container_status_last_terminated_timestamp",
      "Last terminated time for a pod container in unix timestamp.",
      each((pod, container, base) => {
        const kills = container.oomKills.filter((kill) => kill > pod.from);
        const first = kills[0];
        if (first === undefined) return [];
        return [
          one(base, (seconds) => kills.findLast((kill) => kill <= seconds) ?? first, { from: first, to: pod.to }),
        ];
      }, "regular"),
    ),
    counterFamily(
      "kube_pod_container_status_restarts_total",
      "[STABLE] The number of container restarts per container.",
      each(
        (pod, container, base) => [
          {
            ...one(base, (seconds) => container.oomKills.filter((kill) => kill > pod.from && kill <= seconds).length, {
              from: pod.from,
              to: pod.to,
            }),
            resets: [pod.from],
          },
        ],
        "regular",
      ),
    ),
    gauge(
      "kube_pod_init_container_resource_requests",
      "The number of requested request resource by an init container.",
      requests("requests", "init"),
    ),
  ];
}

function volumeFamilies(cluster: DemoCluster): Family[] {
  const bound = cluster.volumes.filter((volume) => volume.phase === "Bound");
  return [
    gauge(
      "kube_persistentvolumeclaim_info",
      "[STABLE] Information about persistent volume claim.",
      bound.map((volume) =>
        one({
          namespace: volume.namespace,
          persistentvolumeclaim: volume.claim,
          storageclass: volume.storageClass,
          volumename: volume.volume,
        }),
      ),
    ),
    gauge(
      "kube_persistentvolumeclaim_resource_requests_storage_bytes",
      "[STABLE] The capacity of storage requested by the persistent volume claim.",
      bound.map((volume) =>
        one({ namespace: volume.namespace, persistentvolumeclaim: volume.claim }, () => volume.bytes),
      ),
    ),
  ];
}
