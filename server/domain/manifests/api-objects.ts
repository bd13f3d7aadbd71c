import { needsMigration, templatesOf } from "../features/checks/app-armor-fields.ts";
import { findClassicSidecar } from "../features/checks/native-sidecars.ts";
import { isAtLeast } from "../gates/version.ts";
import { valueOrNull } from "../reading.ts";
import type { ClusterSnapshot } from "../snapshot.ts";
import { type ManifestDocument, quote } from "./manifest-types.ts";

function servedVersions(snapshot: ClusterSnapshot, group: string, resource: string): string[] {
  return (valueOrNull(snapshot.parts.apiResources) ?? [])
    .filter((api) => api.group === group && api.resource === resource)
    .map((api) => api.version);
}
function firstServed(
  snapshot: ClusterSnapshot,
  group: string,
  resource: string,
  preferred: readonly string[],
): string | null {
  const served = servedVersions(snapshot, group, resource);
  return preferred.find((version) => served.includes(version)) ?? null;
}

export function deviceClaims(snapshot: ClusterSnapshot, minor: string): ManifestDocument[] {
  const version = firstServed(snapshot, "resource.k8s.io", "resourceclaims", ["v1", "v1beta2", "v1beta1"]);
  if (version === null) {
    const beta = isAtLeast(minor, "1.33") === true ? "v1beta2" : "v1beta1";
    if (isAtLeast(minor, "1.34") === true || isAtLeast(minor, "1.32") !== true) return [];
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
  const text = `# One device per pod from the driver ${driver.replaceAll("\n", " ")}, by class. A new claim is made for every pod and goes with it.
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

export function trafficPatch(snapshot: ClusterSnapshot, minor: string): ManifestDocument[] {
  const services = valueOrNull(snapshot.parts.services) ?? [];
  const workloads = valueOrNull(snapshot.parts.workloads) ?? [];
  const service = services.find(
    (entry) => entry.trafficDistribution === null && !entry.isHeadless && Object.keys(entry.selector).length > 0,
  );
  const value = isAtLeast(minor, "1.34") === true ? "PreferSameZone" : "PreferClose";
  const namespace = service?.namespace ?? "default";
  const patch = `# kubectl apply --server-side --field-manager=traffic-distribution. ${value}: same zone first, anywhere if it has no endpoint.
apiVersion: v1
kind: Service
metadata:
  namespace: ${quote(namespace)}
  name: ${quote(service?.name ?? "example")}
spec:
  trafficDistribution: ${value}
`;
  const documents: ManifestDocument[] = [{ fileName: "service.yaml", format: "patch", text: patch }];
  const backing = workloads.find(
    (entry) =>
      entry.kind === "Deployment" &&
      entry.namespace === namespace &&
      service !== undefined &&
      Object.entries(service.selector).every(([key, label]) => entry.selector[key] === label),
  );
  if (backing !== undefined && !backing.template.topologySpreadKeys.includes("topology.kubernetes.io/zone")) {
    const labels = Object.entries(backing.selector)
      .map(([key, label]) => `              ${quote(key)}: ${quote(label)}`)
      .join("\n");
    documents.push({
      fileName: "deployment.yaml",
      format: "patch",
      text: `# Gives every zone an endpoint; without one all its traffic crosses zones.
apiVersion: apps/v1
kind: Deployment
metadata:
  namespace: ${quote(namespace)}
  name: ${quote(backing.name)}
spec:
  template:
    spec:
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
${labels}
`,
    });
  }
  return documents;
}

export function resizePatch(snapshot: ClusterSnapshot, minor: string): ManifestDocument[] {
  if (isAtLeast(minor, "1.33") !== true) {
    return [
      {
        fileName: "flags.txt",
        format: "flags",
        text: "# API server and kubelets. On by default from 1.33.\n--feature-gates=InPlacePodVerticalScaling=true\n",
      },
    ];
  }
  const pod = (valueOrNull(snapshot.parts.pods) ?? []).find(
    (entry) => entry.phase === "Running" && !entry.isMirror && entry.qosClass === "Burstable",
  );
  const text = `# kubectl patch pod … --subresource resize --patch-file <this file>. The QoS class must stay the same.
apiVersion: v1
kind: Pod
metadata:
  namespace: ${quote(pod?.namespace ?? "default")}
  name: ${quote(pod?.name ?? "example")}
spec:
  containers:
    - name: ${quote(pod?.template.containers[0]?.name ?? "main")}
      resources:
        requests:
          cpu: 250m # the new request
`;
  return [{ fileName: "resize.yaml", format: "patch", text }];
}

export function autoscalerOnPressure(snapshot: ClusterSnapshot): ManifestDocument[] {
  const workload = (valueOrNull(snapshot.parts.workloads) ?? []).find((entry) => entry.kind === "Deployment");
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

const API_VERSION: Readonly<Record<string, string>> = { Job: "batch/v1", CronJob: "batch/v1" };
function apiVersionOf(kind: string): string {
  return API_VERSION[kind] ?? "apps/v1";
}

export function sidecarPatch(snapshot: ClusterSnapshot): ManifestDocument[] {
  const workloads = valueOrNull(snapshot.parts.workloads) ?? [];
  const workload = workloads.find(
    (entry) =>
      ["Deployment", "StatefulSet", "DaemonSet"].includes(entry.kind) && findClassicSidecar(entry.template) !== null,
  );
  const helper = workload === undefined ? null : findClassicSidecar(workload.template);
  const container = workload?.template.containers.find((entry) => entry.name === helper);
  const text = `# Move the helper from containers to initContainers: it starts first, stops last and lets Jobs finish.
# Remove it under containers, and keep its ports, volumes and environment. Its requests now count for the pod's whole life.
apiVersion: apps/v1
kind: ${workload?.kind ?? "Deployment"}
metadata:
  namespace: ${quote(workload?.namespace ?? "default")}
  name: ${quote(workload?.name ?? "example")}
spec:
  template:
    spec:
      initContainers:
        - name: ${quote(container?.name ?? "helper")}
          image: ${quote(container?.image ?? "registry.example.com/helper:1")}
          restartPolicy: Always # this makes it a sidecar
          startupProbe: # the main containers wait for it
            tcpSocket:
              port: 8080
`;
  return [{ fileName: "sidecar.yaml", format: "patch", text }];
}

export function admissionPolicy(snapshot: ClusterSnapshot, minor: string): ManifestDocument[] {
  const version = firstServed(snapshot, "admissionregistration.k8s.io", "mutatingadmissionpolicies", [
    "v1",
    "v1beta1",
    "v1alpha1",
  ]);
  if (version === null) {
    if (isAtLeast(minor, "1.32") !== true) return [];
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

/** One patch per owning controller whose template still carries annotations; the first ten. */
export function appArmorPatches(snapshot: ClusterSnapshot): ManifestDocument[] {
  const { workloads, jobs, cronJobs } = snapshot.parts;
  const old = templatesOf(valueOrNull(workloads) ?? [], valueOrNull(jobs) ?? [], valueOrNull(cronJobs) ?? []).filter(
    ({ template }) => needsMigration(template),
  );
  return old.slice(0, 10).map(({ kind, namespace, name, template }, position) => {
    const open = kind === "CronJob" ? "spec:\n  jobTemplate:\n    spec:\n" : "spec:\n";
    const pad = kind === "CronJob" ? "    " : "";
    const initNames = new Set(template.initContainers.map((container) => container.name));
    const listOf = (isInit: boolean): string =>
      Object.entries(template.appArmorAnnotations)
        .filter(([container]) => initNames.has(container) === isInit)
        .map(
          ([container, profile]) =>
            `${pad}        - name: ${quote(container)}\n${pad}          securityContext:\n${pad}            appArmorProfile:\n${profileLines(profile, `${pad}              `)}`,
        )
        .join("\n");
    const main = listOf(false);
    const init = listOf(true);
    const removed = Object.keys(template.appArmorAnnotations)
      .map((container) => `${pad}        ${quote(`container.apparmor.security.beta.kubernetes.io/${container}`)}: null`)
      .join("\n");
    const text = `# ${kind === "Job" ? "A Job's template cannot be changed: write this into the next one." : "kubectl patch --type strategic --patch-file <this file>. null removes the annotation."}
apiVersion: ${apiVersionOf(kind)}
kind: ${kind}
metadata:
  namespace: ${quote(namespace)}
  name: ${quote(name)}
${open}${pad}  template:
${pad}    metadata:
${pad}      annotations:
${removed}
${pad}    spec:
${main === "" ? "" : `${pad}      containers:\n${main}\n`}${init === "" ? "" : `${pad}      initContainers:\n${init}\n`}`;
    return { fileName: `app-armor-${position + 1}.yaml`, format: "patch" as const, text };
  });
}

function profileLines(profile: string, pad: string): string {
  if (profile.startsWith("localhost/"))
    return `${pad}type: Localhost\n${pad}localhostProfile: ${quote(profile.slice("localhost/".length))}`;
  return `${pad}type: ${profile === "unconfined" ? "Unconfined" : "RuntimeDefault"}`;
}

export function volumeClass(snapshot: ClusterSnapshot, minor: string): ManifestDocument[] {
  const version = firstServed(snapshot, "storage.k8s.io", "volumeattributesclasses", ["v1", "v1beta1", "v1alpha1"]);
  if (version === null) {
    if (isAtLeast(minor, "1.31") !== true || isAtLeast(minor, "1.34") === true) return [];
    const text =
      "# API server, controller manager and scheduler; the second flag on the API server alone. The CSI sidecars have a gate of the same name.\n--feature-gates=VolumeAttributesClass=true\n--runtime-config=storage.k8s.io/v1beta1=true\n";
    return [{ fileName: "flags.txt", format: "flags", text }];
  }
  const driver =
    (valueOrNull(snapshot.parts.volumes) ?? []).find((volume) => volume.csiDriver !== null)?.csiDriver ??
    "csi.example.com";
  const own = (valueOrNull(snapshot.parts.volumeAttributesClasses) ?? []).find((entry) => entry.driverName === driver);
  const claim = (valueOrNull(snapshot.parts.volumeClaims) ?? []).find(
    (entry) => entry.phase === "Bound" && entry.attributesClassName === null,
  );
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
