import { PRESSURE_RESOURCES, type PressureKind, type PressureResource } from "./thresholds.ts";

const RATE_WINDOW = "5m";
const INTERVAL = "30s";
const KINDS = ["waiting", "stalled"] as const satisfies readonly PressureKind[];

/** Name of a pod's recorded share; the catalogue asks for it before it asks for the counters. */
export function recordedName(resource: PressureResource, kind: PressureKind): string {
  return `namespace_pod:container_pressure_${resource}_${kind}:rate5m`;
}

/**
 * A PrometheusRule that keeps each pod's shares as series of their own, so that a read asks for one sample per pod instead of a
 * window of counters per container.
 *
 * Basis: the worst of a pod's own cgroup and its containers, as the queries of the catalogue take it; shares are never added.
 */
export function pressureRecordingRules(): string {
  const rules = PRESSURE_RESOURCES.flatMap((resource) =>
    KINDS.map(
      (kind) => `        - record: "${recordedName(resource, kind)}"
          expr: 'max by (namespace, pod) (rate(container_pressure_${resource}_${kind}_seconds_total{pod!=""}[${RATE_WINDOW}]))'`,
    ),
  );
  return `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: sluice-pressure
  namespace: monitoring
spec:
  groups:
    - name: sluice-pressure
      interval: ${INTERVAL}
      rules:
${rules.join("\n")}
`;
}
