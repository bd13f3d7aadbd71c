import type { ClusterSnapshot, PodFacts } from "../../domain/snapshot.ts";
import {
  aContainer,
  aKubelet,
  amounts,
  aNode,
  anEndpoint,
  anEndpointSlice,
  aPod,
  aService,
  aTemplate,
  aWorkload,
  GIB,
} from "./objects.ts";
import { aSnapshot, componentsAt } from "./snapshot.ts";

/**
 * A cluster of any size for benches: pods share templates per workload and kubelets share gate maps per pool, as the
 * readers intern them. Deterministic.
 */
export function aLargeSnapshot(nodeCount = 5_000, podsPerNode = 30): ClusterSnapshot {
  const zones = ["eu-1a", "eu-1b", "eu-1c"];
  const nodes = Array.from({ length: nodeCount }, (_, at) =>
    aNode({
      name: `node-${at}`,
      zone: zones[at % 3] ?? "eu-1a",
      pool: `pool-${at % 7}`,
      kubeletVersion: at % 50 === 0 ? "1.33.4" : "1.34.9",
      swapCapacityBytes: at % 7 === 3 ? 8 * GIB : null,
    }),
  );
  const workloadCount = Math.max(1, Math.round((nodeCount * podsPerNode) / 60));
  const workloads = Array.from({ length: workloadCount }, (_, at) => {
    const sidecar = at % 9 === 0 ? [aContainer({ name: "istio-proxy", image: "x/proxyv2:1" })] : [];
    const gpu = at % 40 === 0 ? { limits: amounts({ extended: { "example.com/gpu": 1 } }) } : {};
    return aWorkload({
      name: `web-${at}`,
      namespace: `team-${at % 80}`,
      template: aTemplate({ containers: [aContainer(gpu), ...sidecar], hasEmptyDir: at % 3 === 0 }),
    });
  });
  const pods: PodFacts[] = [];
  for (let at = 0; at < nodeCount * podsPerNode; at++) {
    const workload = workloads[at % workloadCount];
    if (workload === undefined) continue;
    pods.push(
      aPod({
        name: `pod-${at}`,
        namespace: workload.namespace,
        nodeName: nodes[at % nodeCount]?.name ?? null,
        workload: { kind: "Deployment", namespace: workload.namespace, name: workload.name },
        template: workload.template,
      }),
    );
  }
  const services = workloads.map(({ name, namespace }, at) =>
    aService({ name, namespace, trafficDistribution: at % 4 === 0 ? "PreferClose" : null }),
  );
  const endpointSlices = workloads.map(({ name, namespace }) =>
    anEndpointSlice({
      namespace,
      serviceName: name,
      endpoints: Array.from({ length: 60 }, (_, at) => {
        const zone = zones[at % 3] ?? "eu-1a";
        return anEndpoint({ zone, hintZones: [zone] });
      }),
    }),
  );
  // One reading per node, but one gate map per kubelet version, as the reader shares them.
  const samples = new Map(componentsAt("1.34", {}, nodes.slice(0, 2)).map((reading) => [reading.version, reading]));
  const components = [
    ...componentsAt("1.34", {}, []),
    ...nodes.flatMap((node) => {
      const sample = samples.get(node.kubeletVersion);
      return sample === undefined ? [] : [{ ...sample, component: "kubelet" as const, instance: node.name }];
    }),
  ];
  const kubelets = nodes.map((node) =>
    aKubelet({ nodeName: node.name, failSwapOn: false, swapBehavior: "LimitedSwap" }),
  );
  return aSnapshot({ nodes, pods, workloads, services, endpointSlices, components, kubelets });
}
