import type { DemoCluster, DemoService } from "../fleet/types.ts";
import { hash32, nameSuffix, uuid } from "../random.ts";
import { isoTime, type JsonObject, objectMeta } from "./object.ts";

function serviceUid(cluster: DemoCluster, service: DemoService): string {
  return uuid(hash32(cluster.uid), `service/${service.namespace}/${service.name}`);
}

export function serviceObjects(cluster: DemoCluster): JsonObject[] {
  return cluster.services.map((service) => {
    const address = service.isHeadless
      ? "None"
      : `10.96.${hash32(service.name) % 250}.${(hash32(service.namespace) % 250) + 1}`;
    return {
      metadata: objectMeta(cluster, {
        name: service.name,
        namespace: service.namespace,
        uid: serviceUid(cluster, service),
        createdAt: service.workload.createdAt,
        labels: service.workload.labels,
        ...(service.topologyMode === null
          ? {}
          : { annotations: { "service.kubernetes.io/topology-mode": service.topologyMode } }),
      }),
      spec: {
        ports: [{ protocol: "TCP", port: 80, targetPort: service.port }],
        selector: { app: service.workload.name },
        clusterIP: address,
        clusterIPs: [address],
        type: "ClusterIP",
        sessionAffinity: "None",
        ipFamilies: ["IPv4"],
        ipFamilyPolicy: "SingleStack",
        internalTrafficPolicy: "Cluster",
        ...(service.trafficDistribution === null ? {} : { trafficDistribution: service.trafficDistribution }),
      },
      status: { loadBalancer: {} },
    };
  });
}

export function endpointSliceObjects(cluster: DemoCluster): JsonObject[] {
  return cluster.services.map((service) => {
    const suffix = nameSuffix(hash32(cluster.uid), `slice/${service.namespace}/${service.name}`);
    const pods = cluster.pods.filter(
      (pod) => pod.workload === service.workload && pod.to === Number.POSITIVE_INFINITY && pod.node !== null,
    );
    return {
      metadata: objectMeta(cluster, {
        name: `${service.name}-${suffix}`,
        generateName: `${service.name}-`,
        namespace: service.namespace,
        uid: uuid(hash32(cluster.uid), `slice/${service.namespace}/${service.name}`),
        createdAt: service.workload.createdAt,
        labels: {
          ...service.workload.labels,
          "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
          "kubernetes.io/service-name": service.name,
        },
        owner: { apiVersion: "v1", kind: "Service", name: service.name, uid: serviceUid(cluster, service) },
        generation: 5,
      }),
      addressType: "IPv4",
      endpoints: pods.map((pod) => {
        const zone = pod.node?.zone ?? null;
        const node = pod.node?.name ?? "";
        return {
          addresses: [pod.ip],
          conditions: { ready: true, serving: true, terminating: false },
          targetRef: { kind: "Pod", namespace: pod.namespace, name: pod.name, uid: pod.uid },
          nodeName: node,
          ...(zone === null ? {} : { zone }),
          ...(service.hints === "missing" || zone === null
            ? {}
            : {
                hints: {
                  forZones: [{ name: zone }],
                  ...(service.trafficDistribution === "PreferSameNode" ? { forNodes: [{ name: node }] } : {}),
                },
              }),
        };
      }),
      ports: [{ name: "", protocol: "TCP", port: service.port }],
    };
  });
}

export function eventObjects(cluster: DemoCluster, seconds: number): JsonObject[] {
  return [...cluster.events, ...killEvents(cluster, seconds)].map((event) => {
    const uid = uuid(hash32(cluster.uid), `event/${event.namespace}/${event.name}/${event.reason}`);
    return {
      metadata: objectMeta(cluster, {
        name: `${event.name}.${uid.replaceAll("-", "").slice(0, 16)}`,
        namespace: event.namespace,
        uid,
        createdAt: event.at - 3600,
      }),
      involvedObject: { kind: event.kind, namespace: event.namespace, name: event.name, apiVersion: "v1" },
      reason: event.reason,
      message: event.message,
      source: { component: event.component },
      firstTimestamp: isoTime(event.at - 3600),
      lastTimestamp: isoTime(event.at),
      count: event.count,
      type: event.type,
      eventTime: null,
      reportingComponent: event.component,
      reportingInstance: "",
    };
  });
}

/** What the API server still remembers of kills (an hour), and what kubelets on cgroup v1 say. */
function killEvents(cluster: DemoCluster, seconds: number): DemoCluster["events"] {
  const remembered = seconds - 3600;
  const kills = cluster.pods.flatMap((pod) =>
    pod.containers.flatMap((container) =>
      container.oomKills
        .filter((kill) => kill > remembered && kill <= seconds)
        .map((kill) => ({
          namespace: "default",
          kind: "Node",
          name: pod.node?.name ?? "",
          type: "Warning" as const,
          reason: "OOMKilling",
          message: `Memory cgroup out of memory: Killed process 31337 (${container.name}) total-vm:2097152kB`,
          component: "kernel-monitor",
          at: kill,
          count: 1,
        })),
    ),
  );
  const cgroups = cluster.nodes
    .filter((node) => node.cgroupVersion === 1)
    .map((node) => ({
      namespace: "default",
      kind: "Node",
      name: node.name,
      type: "Warning" as const,
      reason: "CgroupV1",
      message: "cgroup v1 support is in maintenance mode, please migrate to cgroup v2",
      component: "kubelet",
      at: seconds - 1200,
      count: 1,
    }));
  return [...kills, ...cgroups];
}
