import type { DemoCluster } from "../fleet/types.ts";
import { hash32, uuid } from "../random.ts";
import { type JsonObject, objectMeta } from "./object.ts";

const DRIVER = "gpu.nvidia.com";
const ids = (cluster: DemoCluster, name: string) => uuid(hash32(cluster.uid), name);
const draNodes = (cluster: DemoCluster) => cluster.nodes.filter((node) => node.gpus.some((gpu) => gpu.via === "dra"));

export function deviceClassObjects(cluster: DemoCluster): JsonObject[] {
  if (draNodes(cluster).length === 0) return [];
  return [
    {
      metadata: objectMeta(cluster, {
        name: DRIVER,
        uid: ids(cluster, "device-class"),
        createdAt: cluster.nodes[0]?.createdAt ?? 0,
        generation: 1,
      }),
      spec: {
        selectors: [
          { cel: { expression: `device.driver == "${DRIVER}" && device.attributes["${DRIVER}"].type == "gpu"` } },
        ],
      },
    },
  ];
}

export function resourceSliceObjects(cluster: DemoCluster): JsonObject[] {
  return draNodes(cluster).map((node) => ({
    metadata: objectMeta(cluster, {
      name: `${node.name}-${DRIVER}-x7k2p`,
      generateName: `${node.name}-${DRIVER}-`,
      uid: ids(cluster, `slice/${node.name}`),
      createdAt: node.createdAt,
      generation: 1,
    }),
    spec: {
      driver: DRIVER,
      pool: { name: node.name, generation: 1, resourceSliceCount: 1 },
      nodeName: node.name,
      devices: node.gpus.map((gpu) => ({
        name: `gpu-${gpu.index}`,
        attributes: {
          architecture: { string: "Hopper" },
          productName: { string: gpu.model },
          type: { string: "gpu" },
          uuid: { string: gpu.uuid },
        },
        capacity: { memory: { value: `${gpu.memoryMib}Mi` } },
      })),
    },
  }));
}

function claimSpec(deviceClass: string, count: number): JsonObject {
  return {
    devices: {
      requests: [{ name: "gpu", exactly: { deviceClassName: deviceClass, allocationMode: "ExactCount", count } }],
    },
  };
}

function consumersOf(cluster: DemoCluster, { pod, reservedFor }: DemoCluster["claims"][number]): JsonObject[] {
  if (pod !== null) return [{ resource: "pods", name: pod.name, uid: pod.uid }];
  return reservedFor === undefined ? [] : [{ ...reservedFor, uid: ids(cluster, `consumer/${reservedFor.name}`) }];
}

export function resourceClaimObjects(cluster: DemoCluster): JsonObject[] {
  return cluster.claims.map((claim) => {
    const { pod } = claim;
    const isGenerated = pod?.workload.options.claimTemplate !== undefined;
    const node = claim.devices[0]?.node;
    return {
      metadata: objectMeta(cluster, {
        name: claim.name,
        namespace: claim.namespace,
        uid: ids(cluster, `claim/${claim.name}`),
        createdAt: claim.createdAt,
        ...(isGenerated && pod !== null
          ? {
              generateName: claim.name.slice(0, claim.name.lastIndexOf("-") + 1),
              annotations: { "resource.kubernetes.io/pod-claim-name": "gpu" },
              owner: { apiVersion: "v1", kind: "Pod", name: pod.name, uid: pod.uid },
            }
          : {}),
        ...(claim.devices.length > 0 ? { finalizers: ["resource.kubernetes.io/delete-protection"] } : {}),
      }),
      spec: claimSpec(claim.deviceClass, claim.count),
      status:
        node === undefined
          ? {}
          : {
              allocation: {
                devices: {
                  results: claim.devices.map((device) => ({
                    request: "gpu",
                    driver: DRIVER,
                    pool: device.node.name,
                    device: device.device,
                  })),
                },
                nodeSelector: {
                  nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: [node.name] }] }],
                },
              },
              reservedFor: consumersOf(cluster, claim),
            },
    };
  });
}

export function claimTemplateObjects(cluster: DemoCluster): JsonObject[] {
  const used = new Map(
    cluster.claims.flatMap((claim) => {
      const template = claim.pod?.workload.options.claimTemplate;
      return template === undefined ? [] : [[`${claim.namespace}/${template}`, claim] as const];
    }),
  );
  return [...used].map(([key, claim]) => {
    const [namespace = "", name = ""] = key.split("/");
    return {
      metadata: objectMeta(cluster, {
        name,
        namespace,
        uid: ids(cluster, `template/${key}`),
        createdAt: claim.createdAt - 600,
      }),
      spec: { metadata: {}, spec: claimSpec(claim.deviceClass, claim.count) },
    };
  });
}
