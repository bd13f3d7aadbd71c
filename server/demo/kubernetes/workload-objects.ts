import type { DemoCluster, DemoWorkload } from "../fleet/types.ts";
import { isoTime, type JsonObject, type JsonValue, objectMeta } from "./object.ts";
import { cronJobRunUid, ownerOf, podTemplateSpec, replicaSetUid, templateAnnotations } from "./pod-objects.ts";

function template(workload: DemoWorkload, extraLabels: Record<string, string> = {}): JsonObject {
  const annotations = templateAnnotations(workload);
  return {
    metadata: {
      labels: { ...workload.labels, ...extraLabels },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: podTemplateSpec(workload),
  };
}

function meta(cluster: DemoCluster, workload: DemoWorkload, annotations: Record<string, string> = {}): JsonObject {
  return objectMeta(cluster, {
    name: workload.name,
    namespace: workload.namespace,
    uid: workload.uid,
    createdAt: workload.createdAt,
    labels: workload.labels,
    annotations,
    generation: 1,
  });
}

function ofKind(cluster: DemoCluster, kind: DemoWorkload["kind"]): DemoWorkload[] {
  return cluster.workloads.filter((workload) => workload.kind === kind);
}

export function deploymentObjects(cluster: DemoCluster): JsonObject[] {
  return ofKind(cluster, "Deployment").map((workload) => {
    const ready =
      workload.options.pending === undefined && workload.options.rejected === undefined ? workload.replicas : 0;
    return {
      metadata: meta(cluster, workload, { "deployment.kubernetes.io/revision": "2" }),
      spec: {
        replicas: workload.replicas,
        selector: { matchLabels: { app: workload.name } },
        template: template(workload),
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      },
      status: {
        observedGeneration: 1,
        replicas: workload.replicas,
        updatedReplicas: workload.replicas,
        ...(ready === 0
          ? { unavailableReplicas: workload.replicas }
          : { readyReplicas: ready, availableReplicas: ready }),
        conditions: [
          {
            type: "Available",
            status: ready === 0 ? "False" : "True",
            lastUpdateTime: isoTime(workload.createdAt),
            lastTransitionTime: isoTime(workload.createdAt),
            reason: ready === 0 ? "MinimumReplicasUnavailable" : "MinimumReplicasAvailable",
            message:
              ready === 0 ? "Deployment does not have minimum availability." : "Deployment has minimum availability.",
          },
        ],
      },
    };
  });
}

export function replicaSetObjects(cluster: DemoCluster): JsonObject[] {
  return ofKind(cluster, "Deployment").map((workload) => {
    const hash = { "pod-template-hash": workload.hash };
    return {
      metadata: objectMeta(cluster, {
        name: `${workload.name}-${workload.hash}`,
        namespace: workload.namespace,
        uid: replicaSetUid(workload, workload.hash),
        createdAt: workload.createdAt,
        labels: { ...workload.labels, ...hash },
        annotations: {
          "deployment.kubernetes.io/desired-replicas": String(workload.replicas),
          "deployment.kubernetes.io/revision": "2",
        },
        owner: { apiVersion: "apps/v1", kind: "Deployment", name: workload.name, uid: workload.uid },
        generation: 1,
      }),
      spec: {
        replicas: workload.replicas,
        selector: { matchLabels: { app: workload.name, ...hash } },
        template: template(workload, hash),
      },
      status: {
        replicas: workload.replicas,
        fullyLabeledReplicas: workload.replicas,
        readyReplicas: workload.replicas,
        availableReplicas: workload.replicas,
        observedGeneration: 1,
      },
    };
  });
}

export function statefulSetObjects(cluster: DemoCluster): JsonObject[] {
  return ofKind(cluster, "StatefulSet").map((workload) => ({
    metadata: meta(cluster, workload),
    spec: {
      replicas: workload.replicas,
      selector: { matchLabels: { app: workload.name } },
      template: template(workload),
      serviceName: workload.name,
      podManagementPolicy: "OrderedReady",
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
      revisionHistoryLimit: 10,
    },
    status: {
      observedGeneration: 1,
      replicas: workload.replicas,
      readyReplicas: workload.replicas,
      currentReplicas: workload.replicas,
      updatedReplicas: workload.replicas,
      currentRevision: `${workload.name}-${workload.hash}`,
      updateRevision: `${workload.name}-${workload.hash}`,
      collisionCount: 0,
      availableReplicas: workload.replicas,
    },
  }));
}

export function daemonSetObjects(cluster: DemoCluster): JsonObject[] {
  return ofKind(cluster, "DaemonSet").map((workload) => ({
    metadata: meta(cluster, workload, { "deprecated.daemonset.template.generation": "1" }),
    spec: {
      selector: { matchLabels: { app: workload.name } },
      template: template(workload),
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      revisionHistoryLimit: 10,
    },
    status: {
      currentNumberScheduled: workload.replicas,
      numberMisscheduled: 0,
      desiredNumberScheduled: workload.replicas,
      numberReady: workload.replicas,
      observedGeneration: 1,
      updatedNumberScheduled: workload.replicas,
      numberAvailable: workload.replicas,
    },
  }));
}

function jobSpec(workload: DemoWorkload): JsonObject {
  const job = workload.options.job ?? { parallelism: 1, completions: 1 };
  const perIndex = job.backoffLimitPerIndex;
  return {
    parallelism: job.parallelism,
    completions: job.completions,
    ...(job.podFailurePolicy === true
      ? {
          podFailurePolicy: {
            rules: [
              { action: "FailJob", onExitCodes: { operator: "In", values: [42] } },
              { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
            ],
          },
        }
      : {}),
    ...(job.successPolicy === true ? { successPolicy: { rules: [{ succeededCount: 2 }] } } : {}),
    backoffLimit: perIndex === undefined ? (job.backoffLimit ?? 6) : 2_147_483_647,
    ...(perIndex === undefined ? {} : { backoffLimitPerIndex: perIndex, maxFailedIndexes: 3 }),
    selector: { matchLabels: { "batch.kubernetes.io/controller-uid": workload.uid } },
    manualSelector: false,
    template: template(workload, { "batch.kubernetes.io/job-name": workload.name }),
    completionMode: job.isIndexed === true ? "Indexed" : "NonIndexed",
    suspend: false,
    podReplacementPolicy:
      job.podReplacementPolicy ?? (job.podFailurePolicy === true ? "Failed" : "TerminatingOrFailed"),
  };
}

export function jobObjects(cluster: DemoCluster): JsonObject[] {
  const status = (workload: DemoWorkload): JsonObject => {
    const job = workload.options.job;
    return {
      startTime: isoTime(workload.createdAt),
      active: workload.replicas,
      ...(job?.succeeded === undefined ? {} : { succeeded: job.succeeded }),
      ...(job?.failed === undefined ? {} : { failed: job.failed }),
      terminating: 0,
      ...(job?.backoffLimitPerIndex === undefined ? {} : { failedIndexes: "" }),
      uncountedTerminatedPods: {},
      ready: workload.replicas,
    };
  };
  const direct = ofKind(cluster, "Job").map((workload) => ({
    metadata: meta(cluster, workload),
    spec: jobSpec(workload),
    status: status(workload),
  }));
  const scheduled = ofKind(cluster, "CronJob").flatMap((workload): JsonObject[] => {
    const run = cluster.pods.find((pod) => pod.workload === workload);
    const owner = run === undefined ? null : ownerOf(run);
    if (owner === null) return [];
    return [
      {
        metadata: objectMeta(cluster, {
          name: owner.name,
          namespace: workload.namespace,
          uid: cronJobRunUid(workload),
          createdAt: workload.createdAt,
          labels: workload.labels,
          annotations: { "batch.kubernetes.io/cronjob-scheduled-timestamp": isoTime(workload.createdAt) },
          owner: { apiVersion: "batch/v1", kind: "CronJob", name: workload.name, uid: workload.uid },
          generation: 1,
        }),
        spec: jobSpec(workload),
        status: status(workload),
      },
    ];
  });
  return [...direct, ...scheduled];
}

export function cronJobObjects(cluster: DemoCluster): JsonObject[] {
  return ofKind(cluster, "CronJob").map((workload) => {
    const { selector: _selector, manualSelector: _manual, ...spec } = jobSpec(workload);
    return {
      metadata: meta(cluster, workload),
      spec: {
        schedule: workload.options.schedule ?? "0 * * * *",
        concurrencyPolicy: "Forbid",
        suspend: false,
        jobTemplate: { metadata: {}, spec },
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
      },
      status: { lastScheduleTime: isoTime(workload.createdAt) },
    };
  });
}

export function autoscalerObjects(cluster: DemoCluster, seconds: number): JsonObject[] {
  return cluster.workloads
    .filter((workload) => workload.options.autoscaler !== undefined)
    .map((workload) => {
      const kind = workload.options.autoscaler;
      const metric: JsonValue =
        kind === "cpu"
          ? { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } }
          : {
              type: "External",
              external: {
                metric: { name: "cpu_pressure_ratio", selector: { matchLabels: { app: workload.name } } },
                target: { type: "Value", value: "200m" },
              },
            };
      const isBroken = kind === "external-broken";
      const condition = (type: string, status: string, reason: string, message: string): JsonObject => ({
        type,
        status,
        lastTransitionTime: isoTime(seconds - 86_400 - (seconds % 86_400)),
        reason,
        message,
      });
      return {
        metadata: objectMeta(cluster, {
          name: workload.name,
          namespace: workload.namespace,
          uid: replicaSetUid(workload, "autoscaler"),
          createdAt: workload.createdAt,
          labels: workload.labels,
        }),
        spec: {
          scaleTargetRef: { kind: "Deployment", name: workload.name, apiVersion: "apps/v1" },
          minReplicas: 2,
          maxReplicas: 12,
          metrics: [metric],
        },
        status: {
          currentReplicas: workload.replicas,
          desiredReplicas: workload.replicas,
          currentMetrics: null,
          conditions: [
            condition("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size"),
            isBroken
              ? condition(
                  "ScalingActive",
                  "False",
                  "FailedGetExternalMetric",
                  "the HPA was unable to compute the replica count: unable to get external metric payments/cpu_pressure_ratio: no metrics returned from external metrics API",
                )
              : condition(
                  "ScalingActive",
                  "True",
                  "ValidMetricFound",
                  "the HPA was able to successfully calculate a replica count",
                ),
          ],
        },
      };
    });
}

export function budgetObjects(cluster: DemoCluster): JsonObject[] {
  return cluster.workloads.flatMap((workload): JsonObject[] => {
    const minimum = workload.options.budgetMinAvailable;
    if (minimum === undefined) return [];
    const healthy = workload.replicas;
    const desired = typeof minimum === "number" ? minimum : Math.ceil((Number.parseInt(minimum, 10) / 100) * healthy);
    return [
      {
        metadata: objectMeta(cluster, {
          name: workload.name,
          namespace: workload.namespace,
          uid: replicaSetUid(workload, "budget"),
          createdAt: workload.createdAt,
          labels: workload.labels,
          generation: 1,
        }),
        spec: { minAvailable: minimum, selector: { matchLabels: { app: workload.name } } },
        status: {
          observedGeneration: 1,
          disruptionsAllowed: Math.max(0, healthy - desired),
          currentHealthy: healthy,
          desiredHealthy: desired,
          expectedPods: healthy,
          conditions: [
            {
              type: "DisruptionAllowed",
              status: healthy > desired ? "True" : "False",
              observedGeneration: 1,
              lastTransitionTime: isoTime(workload.createdAt),
              reason: healthy > desired ? "SufficientPods" : "InsufficientPods",
              message: "",
            },
          ],
        },
      },
    ];
  });
}
