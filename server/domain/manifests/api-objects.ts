import { findGate, gateAt } from "../gates/catalogue.ts";
import { isAtLeast } from "../gates/version.ts";
import { valueOrNull } from "../reading.ts";
import type { VolumeClaimFacts, WorkloadFacts } from "../snapshot.ts";
import { type ManifestDocument, type ManifestFacts, quote } from "./manifest-types.ts";

function servedVersions(snapshot: ManifestFacts, group: string, resource: string): string[] {
  return (valueOrNull(snapshot.parts.apiResources) ?? [])
    .filter((api) => api.group === group && api.resource === resource)
    .map((api) => api.version);
}
function firstServed(
  snapshot: ManifestFacts,
  group: string,
  resource: string,
  preferred: readonly string[],
  isDefault: boolean,
): string | null {
  // Where discovery was not read, what the version serves by default is all that can be said.
  if (valueOrNull(snapshot.parts.apiResources) === null) return isDefault ? (preferred[0] ?? null) : null;
  const served = servedVersions(snapshot, group, resource);
  return preferred.find((version) => served.includes(version)) ?? null;
}

/** What is served by default and not by this cluster: somebody turned it off. A locked gate is not named. */
function serveAgain(gateName: string, apiVersion: string, minor: string): ManifestDocument[] {
  const gate = findGate(gateName);
  const at = gate === null ? null : gateAt(gate, minor);
  const isSettable = at?.status === "known" && !at.isLocked;
  const text = `# Served by default in ${minor} and not by this cluster: somebody turned it off. For the API server${isSettable ? "; the gate for every component" : ""}.
${isSettable ? `--feature-gates=${gateName}=true\n` : ""}--runtime-config=${apiVersion}=true
`;
  return [{ fileName: "flags.txt", format: "flags", text }];
}

export function deviceClaims(snapshot: ManifestFacts, minor: string): ManifestDocument[] | "upgrade-first" {
  const version = firstServed(
    snapshot,
    "resource.k8s.io",
    "resourceclaims",
    ["v1", "v1beta2", "v1beta1"],
    isAtLeast(minor, "1.34") === true,
  );
  if (version === null) {
    const beta = isAtLeast(minor, "1.33") === true ? "v1beta2" : "v1beta1";
    // 1.31 has an alpha of another shape, which no later version reads.
    if (isAtLeast(minor, "1.32") !== true) return "upgrade-first";
    if (isAtLeast(minor, "1.34") === true) return serveAgain("DynamicResourceAllocation", "resource.k8s.io/v1", minor);
    const text = `# API server, controller manager, scheduler and kubelets; the second flag on the API server alone. Default from 1.34.\n--feature-gates=DynamicResourceAllocation=true\n--runtime-config=resource.k8s.io/${beta}=true\n`;
    return [{ fileName: "flags.txt", format: "flags", text }];
  }
  const driver = valueOrNull(snapshot.parts.resourceSlices)?.[0]?.driver ?? "gpu.example.com";
  const className = valueOrNull(snapshot.parts.deviceClasses)?.[0]?.name ?? null;
  // v1beta1 has the request flat; later versions wrap it in "exactly".
  const request =
    version === "v1beta1"
      ? `        - name: device
          deviceClassName: ${quote(className ?? "example")}
          allocationMode: ExactCount
          count: 1`
      : `        - name: device
          exactly:
            deviceClassName: ${quote(className ?? "example")}
            allocationMode: ExactCount
            count: 1`;
  const deviceClass = `apiVersion: resource.k8s.io/${version}
kind: DeviceClass
metadata:
  name: example
spec:
  selectors:
    - cel:
        expression: ${quote(`device.driver == ${JSON.stringify(driver)}`)}
---
`;
  const text = `# One device per pod from the driver ${driver.replace(/\s/g, " ")}, by class. A new claim is made for every pod and goes with it.
${className === null ? deviceClass : ""}apiVersion: resource.k8s.io/${version}
kind: ResourceClaimTemplate
metadata:
  namespace: default
  name: one-device
spec:
  spec:
    devices:
      requests:
${request}
---
apiVersion: v1
kind: Pod
metadata:
  namespace: default
  name: uses-one-device
spec:
  resourceClaims:
    - name: device
      resourceClaimTemplateName: one-device
  containers:
    - name: main
      image: registry.example.com/app:1
      resources:
        claims:
          - name: device
`;
  return [{ fileName: "device-claim.yaml", format: "api-object", text }];
}

export function mayAutoscale({ kind }: WorkloadFacts): boolean {
  return kind === "Deployment";
}

export function autoscalerOnPressure(snapshot: ManifestFacts): ManifestDocument[] {
  const workload = (valueOrNull(snapshot.parts.workloads) ?? []).find(mayAutoscale);
  const namespace = workload?.namespace ?? "default";
  const name = workload?.name ?? "example";
  const text = `# Needs an adapter that serves this external metric out of container_pressure_cpu_waiting_seconds_total (share of time).
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  namespace: ${quote(namespace)}
  name: ${quote(name)}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: ${quote(name)}
  minReplicas: 2
  maxReplicas: 10
  metrics:
    - type: External
      external:
        metric:
          name: cpu_pressure_waiting_ratio
          selector:
            matchLabels:
              namespace: ${quote(namespace)}
              workload: ${quote(name)}
        target:
          type: Value
          value: 100m # 10 % of the time some task waits for CPU
`;
  return [{ fileName: "autoscaler.yaml", format: "api-object", text }];
}

export function admissionPolicy(snapshot: ManifestFacts, minor: string): ManifestDocument[] | "not-available" {
  const version = firstServed(
    snapshot,
    "admissionregistration.k8s.io",
    "mutatingadmissionpolicies",
    ["v1", "v1beta1", "v1alpha1"],
    isAtLeast(minor, "1.36") === true,
  );
  if (version === null) {
    if (isAtLeast(minor, "1.32") !== true) return "not-available";
    const wanted =
      isAtLeast(minor, "1.36") === true ? "v1" : isAtLeast(minor, "1.34") === true ? "v1beta1" : "v1alpha1";
    const text = `# API server. Served and on by default from 1.36.\n--feature-gates=MutatingAdmissionPolicy=true\n--runtime-config=admissionregistration.k8s.io/${wanted}=true\n`;
    return [{ fileName: "flags.txt", format: "flags", text }];
  }
  const text = `# Adds a label to new ConfigMaps; the binding alone puts the policy into force. Try it in one namespace first.
apiVersion: admissionregistration.k8s.io/${version}
kind: MutatingAdmissionPolicy
metadata:
  name: add-managed-label
spec:
  failurePolicy: Ignore # Fail rejects requests when the expression errs
  reinvocationPolicy: IfNeeded
  matchConstraints:
    resourceRules:
      - apiGroups: [""]
        apiVersions: ["v1"]
        operations: ["CREATE"]
        resources: ["configmaps"]
  mutations:
    - patchType: ApplyConfiguration
      applyConfiguration:
        expression: >-
          Object{metadata: Object.metadata{labels: {"managed": "yes"}}}
---
apiVersion: admissionregistration.k8s.io/${version}
kind: MutatingAdmissionPolicyBinding
metadata:
  name: add-managed-label
spec:
  policyName: add-managed-label
  matchResources:
    namespaceSelector:
      matchLabels:
        kubernetes.io/metadata.name: default
`;
  return [{ fileName: "policy.yaml", format: "api-object", text }];
}

export function mayTakeClass(claim: VolumeClaimFacts): boolean {
  return claim.phase === "Bound" && claim.attributesClassName === null;
}

export function volumeClass(snapshot: ManifestFacts, minor: string): ManifestDocument[] | "not-available" {
  const version = firstServed(
    snapshot,
    "storage.k8s.io",
    "volumeattributesclasses",
    ["v1", "v1beta1", "v1alpha1"],
    isAtLeast(minor, "1.34") === true,
  );
  if (version === null) {
    if (isAtLeast(minor, "1.31") !== true) return "not-available";
    if (isAtLeast(minor, "1.34") === true) return serveAgain("VolumeAttributesClass", "storage.k8s.io/v1", minor);
    const text =
      "# API server, controller manager and scheduler; the second flag on the API server alone. The CSI sidecars have a gate of the same name.\n--feature-gates=VolumeAttributesClass=true\n--runtime-config=storage.k8s.io/v1beta1=true\n";
    return [{ fileName: "flags.txt", format: "flags", text }];
  }
  const driver =
    (valueOrNull(snapshot.parts.volumes) ?? []).find((volume) => volume.csiDriver !== null)?.csiDriver ??
    "csi.example.com";
  const own = (valueOrNull(snapshot.parts.volumeAttributesClasses) ?? []).find((entry) => entry.driverName === driver);
  const claim = (valueOrNull(snapshot.parts.volumeClaims) ?? []).find(mayTakeClass);
  const parameters =
    driver === "ebs.csi.aws.com"
      ? `  type: gp3\n  iops: "4000"\n`
      : `  example: "value" # the driver's documentation lists its parameters\n`;
  const documents: ManifestDocument[] = [];
  if (own === undefined) {
    documents.push({
      fileName: "class.yaml",
      format: "api-object",
      text: `# Driver and parameters cannot be changed later: a new wish is a new class.\napiVersion: storage.k8s.io/${version}\nkind: VolumeAttributesClass\nmetadata:\n  name: faster\ndriverName: ${quote(driver)}\nparameters:\n${parameters}`,
    });
  }
  documents.push({
    fileName: "claim.yaml",
    format: "patch",
    text: `# The volume changes in place; watch status.modifyVolumeStatus.\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  namespace: ${quote(claim?.namespace ?? "default")}\n  name: ${quote(claim?.name ?? "example")}\nspec:\n  volumeAttributesClassName: ${quote(own?.name ?? "faster")}\n`,
  });
  return documents;
}
