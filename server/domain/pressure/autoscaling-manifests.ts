import type { ScalingSettings } from "./autoscale-replay.ts";
import type { PressureResource } from "./thresholds.ts";

export type ScalingTarget = {
  readonly namespace: string;
  readonly kind: "Deployment" | "StatefulSet";
  readonly name: string;
  readonly resource: PressureResource;
};
export type ScalingManifests = {
  /** PrometheusRule that records the worst pod's share; the two forms below stand on it. */
  readonly recordingRule: string;
  readonly prometheusAdapter: string;
  readonly horizontalPodAutoscaler: string;
  readonly scaledObject: string;
};

/** Pods of a workload by the names that its controller gives them. */
export function podPattern({ kind, name }: Pick<ScalingTarget, "kind" | "name">): string {
  const escaped = name.replaceAll(/[.]/g, "[.]");
  return kind === "StatefulSet" ? `${escaped}-[0-9]+` : `${escaped}-[a-z0-9]+-[a-z0-9]{5}`;
}

/**
 * Autoscaling on pressure as YAML: the recorded metric, the rule of the Prometheus Adapter with its HorizontalPodAutoscaler
 * (autoscaling/v2, external metric), and the same for KEDA.
 *
 * Basis: the share of time in which the worst pod waited. The target is a `Value`, not an average per pod: a share does not add up
 * over replicas, and the controller then computes ceil(replicas × share ÷ target) as the replay does.
 */
export function autoscalingManifests(target: ScalingTarget, settings: ScalingSettings): ScalingManifests {
  const { namespace, kind, name, resource } = target;
  const record = `workload:container_pressure_${resource}_waiting:ratio`;
  const metric = `pressure_${resource}_waiting_ratio`;
  const expr = `max(rate(container_pressure_${resource}_waiting_seconds_total{namespace="${namespace}",pod=~"${podPattern(target)}"}[5m]))`;
  const milli = Math.max(1, Math.round(settings.targetRatio * 1000));
  const behavior = (indent: string) =>
    [
      "scaleUp:",
      `  stabilizationWindowSeconds: ${settings.scaleUpStabilizationSeconds}`,
      "scaleDown:",
      `  stabilizationWindowSeconds: ${settings.scaleDownStabilizationSeconds}`,
    ]
      .map((line) => `${indent}${line}`)
      .join("\n");
  return {
    recordingRule: `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: ${name}-pressure
  namespace: ${namespace}
spec:
  groups:
    - name: ${name}-pressure
      interval: 30s
      rules:
        - record: "${record}"
          expr: '${expr}'
          labels:
            namespace: "${namespace}"
            workload: "${name}"
`,
    prometheusAdapter: `externalRules:
  - seriesQuery: '{__name__="${record}"}'
    resources:
      overrides:
        namespace: { resource: namespace }
    name:
      as: "${metric}"
    metricsQuery: 'max(<<.Series>>{<<.LabelMatchers>>})'
`,
    horizontalPodAutoscaler: `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: ${name}-pressure
  namespace: ${namespace}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: ${kind}
    name: ${name}
  minReplicas: ${settings.minReplicas}
  maxReplicas: ${settings.maxReplicas}
  metrics:
    - type: External
      external:
        metric:
          name: ${metric}
          selector:
            matchLabels:
              workload: "${name}"
        target:
          type: Value
          value: "${milli}m"
  behavior:
${behavior("    ")}
`,
    scaledObject: `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: ${name}-pressure
  namespace: ${namespace}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: ${kind}
    name: ${name}
  minReplicaCount: ${settings.minReplicas}
  maxReplicaCount: ${settings.maxReplicas}
  advanced:
    horizontalPodAutoscalerConfig:
      behavior:
${behavior("        ")}
  triggers:
    - type: prometheus
      metricType: Value
      metadata:
        # The address at which KEDA reaches your Prometheus.
        serverAddress: http://prometheus-operated.monitoring:9090
        query: '${expr}'
        threshold: "${settings.targetRatio}"
`,
  };
}
