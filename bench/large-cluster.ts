import type { ClusterSnapshot, NodeFacts, PodFacts } from "../server/domain/snapshot.ts";
import { aContainer, amounts, aNode, aPod, aSnapshot, aTemplate } from "../server/testing/builders/index.ts";

const ZONES = ["a", "b", "c"] as const;

/** A cluster of the largest size that Sluice promises to carry: templates are shared, as the readers share them. */
export function aLargeCluster(nodeCount = 5_000, podCount = 150_000): ClusterSnapshot {
  const nodes: NodeFacts[] = Array.from({ length: nodeCount }, (_, index) =>
    aNode({
      name: `node-${index}`,
      uid: `node-uid-${index}`,
      pool: `pool-${index % 12}`,
      zone: `zone-${ZONES[index % 3]}`,
      kubeletVersion: index % 50 === 0 ? "v1.33.4" : "v1.34.9",
      capacity: amounts({ cpuCores: 32, memoryBytes: 128 * 2 ** 30, podCount: 110 }),
      allocatable: amounts({ cpuCores: 31, memoryBytes: 120 * 2 ** 30, podCount: 110 }),
    }),
  );
  const workloads = Array.from({ length: 3_000 }, (_, index) => ({
    kind: index % 5 === 0 ? "StatefulSet" : "Deployment",
    namespace: `namespace-${index % 200}`,
    name: `workload-${index}`,
    template: aTemplate({
      containers: [
        aContainer({
          name: "app",
          requests: amounts({ cpuCores: 0.1 + (index % 10) / 10, memoryBytes: (1 + (index % 7)) * 2 ** 28 }),
        }),
        aContainer({ name: "proxy", requests: amounts({ cpuCores: 0.05, memoryBytes: 2 ** 26 }) }),
      ],
    }),
  }));
  const pods: PodFacts[] = Array.from({ length: podCount }, (_, index) => {
    const workload = workloads[index % workloads.length] ?? workloads[0];
    if (workload === undefined) throw new Error("no workload");
    return aPod({
      name: `${workload.name}-${index}`,
      namespace: workload.namespace,
      uid: `pod-uid-${index}`,
      nodeName: `node-${index % nodeCount}`,
      workload: { kind: workload.kind, namespace: workload.namespace, name: workload.name },
      template: workload.template,
    });
  });
  return aSnapshot({ nodes, pods });
}
