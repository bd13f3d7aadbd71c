import type { Amounts, DemoCluster, DemoContainer, DemoPod, DemoWorkload } from "../fleet/types.ts";
import { hash32, uuid } from "../random.ts";
import { cpuQuantity, isoTime, type JsonObject, type JsonValue, memoryQuantity, objectMeta } from "./object.ts";

export type OwnerRef = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
};

/** The controller written on a pod; the ReplicaSet in between for Deployments, the Job for CronJobs. */
export function ownerOf(pod: DemoPod): OwnerRef | null {
  const { workload } = pod;
  switch (workload.kind) {
    case "Deployment": {
      const hash = pod.name.slice(workload.name.length + 1).split("-")[0] ?? workload.hash;
      const name = `${workload.name}-${hash}`;
      return { apiVersion: "apps/v1", kind: "ReplicaSet", name, uid: replicaSetUid(workload, hash) };
    }
    case "CronJob": {
      const name = pod.name.slice(0, pod.name.lastIndexOf("-"));
      return { apiVersion: "batch/v1", kind: "Job", name, uid: cronJobRunUid(workload) };
    }
    case "StatefulSet":
    case "DaemonSet":
      return { apiVersion: "apps/v1", kind: workload.kind, name: workload.name, uid: workload.uid };
    case "Job":
      return { apiVersion: "batch/v1", kind: "Job", name: workload.name, uid: workload.uid };
    case "Mirror":
      return pod.node === null ? null : { apiVersion: "v1", kind: "Node", name: pod.node.name, uid: pod.node.uid };
    case "Pod":
      return null;
    default:
      return workload.kind satisfies never;
  }
}

export function replicaSetUid(workload: DemoWorkload, hash: string): string {
  return uuid(hash32(workload.uid), `replicaset/${hash}`);
}

export function cronJobRunUid(workload: DemoWorkload): string {
  return uuid(hash32(workload.uid), "run");
}

export function podPhase(pod: DemoPod): "Pending" | "Running" | "Failed" {
  const { options } = pod.workload;
  if (options.pending !== undefined) return "Pending";
  return options.rejected === undefined ? "Running" : "Failed";
}

export function qosClass(containers: readonly DemoContainer[]): "BestEffort" | "Burstable" | "Guaranteed" {
  const equal = (container: DemoContainer, key: "cpuCores" | "memoryBytes") =>
    container.limits[key] !== undefined && container.limits[key] === (container.requests[key] ?? container.limits[key]);
  const anySet = containers.some((container) =>
    [container.requests, container.limits].some(
      (amounts) => amounts.cpuCores !== undefined || amounts.memoryBytes !== undefined,
    ),
  );
  if (!anySet) return "BestEffort";
  return containers.every((container) => equal(container, "cpuCores") && equal(container, "memoryBytes"))
    ? "Guaranteed"
    : "Burstable";
}

function resourceList(amounts: Amounts): JsonObject {
  return {
    ...(amounts.cpuCores === undefined ? {} : { cpu: cpuQuantity(amounts.cpuCores) }),
    ...(amounts.memoryBytes === undefined ? {} : { memory: memoryQuantity(amounts.memoryBytes) }),
    ...Object.fromEntries(Object.entries(amounts.extended ?? {}).map(([name, count]) => [name, String(count)])),
  };
}

function containerSpec(workload: DemoWorkload, container: DemoContainer): JsonObject {
  const limits = resourceList(container.limits);
  const requests = resourceList(container.requests);
  const resources: JsonObject = {
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(Object.keys(requests).length === 0 ? {} : { requests }),
    ...(container.usesClaims.length === 0 ? {} : { claims: container.usesClaims.map((name) => ({ name })) }),
  };
  return {
    name: container.name,
    image: container.image,
    ...(container.args.length === 0 ? {} : { command: [...container.args] }),
    resources,
    ...(container.role === "sidecar" ? { restartPolicy: "Always" } : {}),
    ...(container.hasStartupProbe
      ? {
          startupProbe: {
            httpGet: { path: "/ready", port: 8080, scheme: "HTTP" },
            timeoutSeconds: 1,
            periodSeconds: 5,
            successThreshold: 1,
            failureThreshold: 30,
          },
        }
      : {}),
    ...(workload.options.appArmor === "field" && container.role === "app"
      ? { securityContext: { appArmorProfile: { type: "RuntimeDefault" } } }
      : {}),
    ...(workload.options.volumeClaim !== undefined && container.role === "app"
      ? { volumeMounts: [{ name: workload.options.volumeClaim, mountPath: "/var/lib/data" }] }
      : {}),
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: "IfNotPresent",
  };
}

/** The part of a pod that its controller's template holds. */
export function podTemplateSpec(workload: DemoWorkload, ordinal?: number): JsonObject {
  const { options } = workload;
  const containers = (role: "init" | "app"): JsonValue[] =>
    workload.containers
      .filter((container) => (container.role === "app") === (role === "app"))
      .map((container) => containerSpec(workload, container));
  const init = containers("init");
  const volumes: JsonValue[] = [
    ...(options.emptyDir === true ? [{ name: "scratch", emptyDir: {} }] : []),
    ...(options.volumeClaim !== undefined && ordinal !== undefined
      ? [
          {
            name: options.volumeClaim,
            persistentVolumeClaim: { claimName: `${options.volumeClaim}-${workload.name}-${ordinal}` },
          },
        ]
      : []),
  ];
  return {
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(init.length === 0 ? {} : { initContainers: init }),
    containers: containers("app"),
    restartPolicy: workload.kind === "Job" || workload.kind === "CronJob" ? "Never" : "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    ...(options.nodeSelector === undefined ? {} : { nodeSelector: { ...options.nodeSelector } }),
    serviceAccountName: options.serviceAccount ?? "default",
    serviceAccount: options.serviceAccount ?? "default",
    ...(options.hostNetwork === true ? { hostNetwork: true } : {}),
    securityContext: {},
    ...(options.imagePullSecret === true ? { imagePullSecrets: [{ name: "registry-credentials" }] } : {}),
    schedulerName: "default-scheduler",
    ...(options.toleratesGpu === true ? { tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }] } : {}),
    ...(options.priorityClass === undefined ? {} : { priorityClassName: options.priorityClass }),
    ...(options.spreadByZone === true
      ? {
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "topology.kubernetes.io/zone",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: { app: workload.name } },
            },
          ],
        }
      : {}),
    ...(options.claimTemplate === undefined && options.claimName === undefined
      ? {}
      : {
          resourceClaims: [
            {
              name: "gpu",
              ...(options.claimName === undefined
                ? { resourceClaimTemplateName: options.claimTemplate ?? "" }
                : { resourceClaimName: options.claimName }),
            },
          ],
        }),
  };
}

export function templateAnnotations(workload: DemoWorkload): Record<string, string> {
  if (workload.options.appArmor !== "annotation") return {};
  return Object.fromEntries(
    workload.containers.map((container) => [
      `container.apparmor.security.beta.kubernetes.io/${container.name}`,
      "runtime/default",
    ]),
  );
}

export function podLabels(pod: DemoPod): Record<string, string> {
  const owner = ownerOf(pod);
  const { workload } = pod;
  return {
    ...workload.labels,
    ...(workload.kind === "Deployment" && owner !== null
      ? { "pod-template-hash": owner.name.slice(workload.name.length + 1) }
      : {}),
    ...(workload.kind === "Job" ? { "batch.kubernetes.io/job-name": workload.name } : {}),
  };
}

export function podObject(cluster: DemoCluster, pod: DemoPod, seconds: number): JsonObject {
  const { workload, node } = pod;
  const owner = ownerOf(pod);
  const generated = workload.kind !== "StatefulSet" && workload.kind !== "Pod" && workload.kind !== "Mirror";
  const claim = cluster.claims.find((one) => one.pod === pod);
  return {
    metadata: objectMeta(cluster, {
      name: pod.name,
      namespace: pod.namespace,
      uid: pod.uid,
      createdAt: pod.from,
      labels: podLabels(pod),
      annotations: {
        ...templateAnnotations(workload),
        ...(workload.kind === "Mirror"
          ? {
              "kubernetes.io/config.hash": workload.uid.replaceAll("-", ""),
              "kubernetes.io/config.mirror": workload.uid.replaceAll("-", ""),
              "kubernetes.io/config.source": "file",
            }
          : {}),
      },
      ...(generated ? { generateName: pod.name.slice(0, pod.name.lastIndexOf("-") + 1) } : {}),
      ...(owner === null ? {} : { owner }),
    }),
    spec: {
      ...podTemplateSpec(workload, pod.ordinal),
      ...(node === null ? {} : { nodeName: node.name }),
      priority: workload.options.priorityClass === undefined ? 0 : 2_000_001_000,
      enableServiceLinks: true,
      preemptionPolicy: "PreemptLowerPriority",
    },
    status: {
      ...podStatus(pod, seconds),
      ...(claim === undefined || workload.options.claimTemplate === undefined
        ? {}
        : { resourceClaimStatuses: [{ name: "gpu", resourceClaimName: claim.name }] }),
    },
  };
}

function podStatus(pod: DemoPod, seconds: number): JsonObject {
  const { workload, node } = pod;
  const { pending, rejected, resize } = workload.options;
  const qos = qosClass(pod.containers);
  const at = (moment: number) => ({ lastProbeTime: null, lastTransitionTime: isoTime(moment) });
  if (pending !== undefined || node === null) {
    return {
      phase: "Pending",
      conditions: [
        {
          type: "PodScheduled",
          status: "False",
          ...at(pod.from),
          reason: pending?.reason ?? "Unschedulable",
          message: pending?.message ?? "",
        },
      ],
      qosClass: qos,
    };
  }
  if (rejected !== undefined) {
    return {
      phase: "Failed",
      message: rejected.message,
      reason: rejected.reason,
      startTime: isoTime(pod.from),
      qosClass: qos,
    };
  }
  const statuses = (role: "init" | "app"): JsonValue[] =>
    pod.containers
      .filter((container) => (container.role === "app") === (role === "app"))
      .map((container) => containerStatus(pod, container, seconds));
  const init = statuses("init");
  const ready = pod.from + 9;
  return {
    phase: "Running",
    conditions: [
      ...(resize === undefined
        ? []
        : [
            {
              type: "PodResizePending",
              status: "True",
              ...at(pod.from + 3600),
              reason: resize.status,
              message: "Node didn't have enough resource: cpu, requested: 4000, used: 14200, capacity: 15920",
            },
          ]),
      { type: "Initialized", status: "True", ...at(pod.from + 3) },
      { type: "Ready", status: "True", ...at(ready) },
      { type: "ContainersReady", status: "True", ...at(ready) },
      { type: "PodScheduled", status: "True", ...at(pod.from) },
    ],
    hostIP: node.address,
    podIP: pod.ip,
    podIPs: [{ ip: pod.ip }],
    startTime: isoTime(pod.from),
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: statuses("app"),
    qosClass: qos,
  };
}

function containerStatus(pod: DemoPod, container: DemoContainer, seconds: number): JsonObject {
  const kills = container.oomKills.filter((kill) => kill > pod.from && kill <= seconds);
  const last = kills.at(-1);
  const id = `containerd://${pod.uid.replaceAll("-", "")}${pod.uid.replaceAll("-", "")}`;
  const job = pod.workload.options.job;
  const isDone = job?.exitCode !== undefined && container === pod.containers[0];
  const finishedAt = Math.max(pod.from + 60, seconds - (seconds % 3600) - 9 * 3600);
  return {
    name: container.name,
    state: isDone
      ? {
          terminated: {
            exitCode: job.exitCode ?? 0,
            reason: job.exitCode === 0 ? "Completed" : "Error",
            startedAt: isoTime(pod.from + 4),
            finishedAt: isoTime(finishedAt),
            containerID: id,
          },
        }
      : { running: { startedAt: isoTime((last ?? pod.from) + 4) } },
    lastState:
      last === undefined
        ? {}
        : {
            terminated: {
              exitCode: 137,
              reason: "OOMKilled",
              startedAt: isoTime((kills.at(-2) ?? pod.from) + 4),
              finishedAt: isoTime(last),
              containerID: id,
            },
          },
    ready: !isDone,
    restartCount: kills.length,
    image: container.image,
    imageID: `${container.image.split(":")[0]}@sha256:${pod.uid.replaceAll("-", "")}${pod.uid.replaceAll("-", "")}`,
    containerID: id,
    started: !isDone,
  };
}
