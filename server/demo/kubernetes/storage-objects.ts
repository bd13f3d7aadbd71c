import type { DemoCluster } from "../fleet/types.ts";
import { hash32, uuid } from "../random.ts";
import { isoTime, type JsonObject, memoryQuantity, objectMeta } from "./object.ts";

const ids = (cluster: DemoCluster, name: string) => uuid(hash32(cluster.uid), name);

export function volumeClaimObjects(cluster: DemoCluster): JsonObject[] {
  return cluster.volumes
    .filter((volume) => volume.phase === "Bound")
    .map((volume) => ({
      metadata: objectMeta(cluster, {
        name: volume.claim,
        namespace: volume.namespace,
        uid: ids(cluster, `claim/${volume.volume}`),
        createdAt: volume.phaseSince ?? 0,
        annotations: { "pv.kubernetes.io/bind-completed": "yes" },
        finalizers: ["kubernetes.io/pvc-protection"],
      }),
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: memoryQuantity(volume.bytes) } },
        volumeName: volume.volume,
        storageClassName: volume.storageClass,
        volumeMode: "Filesystem",
        ...(volume.attributesClass === null ? {} : { volumeAttributesClassName: volume.attributesClass }),
      },
      status: {
        phase: "Bound",
        accessModes: ["ReadWriteOnce"],
        capacity: { storage: memoryQuantity(volume.bytes) },
        ...(volume.modifyStatus === null
          ? {}
          : {
              conditions: [
                {
                  type: volume.modifyStatus === "Infeasible" ? "ModifyVolumeError" : "ModifyingVolume",
                  status: "True",
                  lastProbeTime: null,
                  lastTransitionTime: isoTime((volume.phaseSince ?? 0) + 77 * 86_400),
                  ...(volume.modifyStatus === "Infeasible"
                    ? { message: "iops 64000 is above the maximum for this volume size" }
                    : {}),
                },
              ],
              modifyVolumeStatus: {
                targetVolumeAttributesClassName: volume.attributesClass ?? "",
                status: volume.modifyStatus,
              },
            }),
        ...(volume.appliedClass === null ? {} : { currentVolumeAttributesClassName: volume.appliedClass }),
      },
    }));
}

export function volumeObjects(cluster: DemoCluster): JsonObject[] {
  return cluster.volumes.map((volume) => ({
    metadata: objectMeta(cluster, {
      name: volume.volume,
      uid: ids(cluster, `volume/${volume.volume}`),
      createdAt: (volume.phaseSince ?? 0) - 86_400,
      finalizers: ["kubernetes.io/pv-protection"],
    }),
    spec: {
      capacity: { storage: memoryQuantity(volume.bytes) },
      csi: { driver: volume.driver, volumeHandle: volume.volume },
      accessModes: ["ReadWriteOnce"],
      claimRef: {
        kind: "PersistentVolumeClaim",
        namespace: volume.namespace,
        name: volume.claim,
        uid: ids(cluster, `claim/${volume.volume}`),
        apiVersion: "v1",
        resourceVersion: "690",
      },
      persistentVolumeReclaimPolicy: volume.phase === "Released" ? "Retain" : "Delete",
      storageClassName: volume.storageClass,
      volumeMode: "Filesystem",
      ...(volume.appliedClass === null ? {} : { volumeAttributesClassName: volume.appliedClass }),
      ...(volume.zone === null
        ? {}
        : {
            nodeAffinity: {
              required: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: "topology.kubernetes.io/zone", operator: "In", values: [volume.zone] }] },
                ],
              },
            },
          }),
    },
    status: {
      phase: volume.phase,
      ...(volume.phaseSince === null ? {} : { lastPhaseTransitionTime: isoTime(volume.phaseSince) }),
    },
  }));
}

const CLASSES: Readonly<
  Record<
    DemoCluster["provider"],
    { storageClass: string; driver: string; attributes: Record<string, JsonObject> } | null
  >
> = {
  aws: {
    storageClass: "gp3",
    driver: "ebs.csi.aws.com",
    attributes: { gold: { iops: "16000" }, silver: { iops: "3000" } },
  },
  gcp: {
    storageClass: "premium-rwo",
    driver: "pd.csi.storage.gke.io",
    attributes: { "balanced-fast": { iops: "6000" } },
  },
  none: null,
};

export function storageClassObjects(cluster: DemoCluster): JsonObject[] {
  const found = CLASSES[cluster.provider];
  if (found === null) return [];
  return [
    {
      metadata: objectMeta(cluster, {
        name: found.storageClass,
        uid: ids(cluster, "storage-class"),
        createdAt: cluster.nodes[0]?.createdAt ?? 0,
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      }),
      provisioner: found.driver,
      reclaimPolicy: "Delete",
      volumeBindingMode: "WaitForFirstConsumer",
    },
  ];
}

export function attributesClassObjects(cluster: DemoCluster): JsonObject[] {
  const found = CLASSES[cluster.provider];
  if (found === null) return [];
  return Object.entries(found.attributes).map(([name, parameters]) => ({
    metadata: objectMeta(cluster, {
      name,
      uid: ids(cluster, `attributes-class/${name}`),
      createdAt: cluster.nodes[0]?.createdAt ?? 0,
      finalizers: ["kubernetes.io/vac-protection"],
    }),
    driverName: found.driver,
    parameters,
  }));
}

export function csiDriverObjects(cluster: DemoCluster): JsonObject[] {
  const found = CLASSES[cluster.provider];
  if (found === null) return [];
  return [
    {
      metadata: objectMeta(cluster, {
        name: found.driver,
        uid: ids(cluster, "csi-driver"),
        createdAt: cluster.nodes[0]?.createdAt ?? 0,
      }),
      spec: {
        attachRequired: true,
        podInfoOnMount: false,
        volumeLifecycleModes: ["Persistent"],
        storageCapacity: false,
        fsGroupPolicy: "ReadWriteOnceWithFSType",
        requiresRepublish: false,
        seLinuxMount: false,
      },
    },
  ];
}

export function csiNodeObjects(cluster: DemoCluster): JsonObject[] {
  const found = CLASSES[cluster.provider];
  return cluster.nodes.map((node) => ({
    metadata: objectMeta(cluster, {
      name: node.name,
      uid: ids(cluster, `csi-node/${node.name}`),
      createdAt: node.createdAt,
    }),
    spec: {
      drivers:
        found === null
          ? null
          : [
              {
                name: found.driver,
                nodeID: node.uid,
                topologyKeys: ["topology.kubernetes.io/zone"],
                allocatable: { count: 26 },
              },
            ],
    },
  }));
}
