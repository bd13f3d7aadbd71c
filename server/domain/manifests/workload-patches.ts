import { needsMigration, templatesOf } from "../features/checks/app-armor-fields.ts";
import { findClassicSidecar } from "../features/checks/native-sidecars.ts";
import { isAtLeast } from "../gates/version.ts";
import { valueOrNull } from "../reading.ts";
import type { PodFacts, ServiceFacts, WorkloadFacts } from "../snapshot.ts";
import { type ManifestDocument, type ManifestFacts, quote } from "./manifest-types.ts";

export function mayPreferZones(service: ServiceFacts): boolean {
  return (
    service.trafficDistribution === null &&
    !service.isHeadless &&
    service.type !== "ExternalName" &&
    service.internalTrafficPolicy !== "Local" &&
    service.namespace !== "kube-system" &&
    Object.keys(service.selector).length > 0
  );
}
export function isBehind(service: ServiceFacts, workload: WorkloadFacts): boolean {
  return (
    workload.kind === "Deployment" &&
    workload.namespace === service.namespace &&
    Object.entries(service.selector).every(([key, label]) => workload.selector[key] === label)
  );
}

export function trafficPatch(snapshot: ManifestFacts, minor: string): ManifestDocument[] {
  const services = valueOrNull(snapshot.parts.services) ?? [];
  const workloads = valueOrNull(snapshot.parts.workloads) ?? [];
  const service = services.find(mayPreferZones);
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
  const backing = service === undefined ? undefined : workloads.find((entry) => isBehind(service, entry));
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

export function mayBeResized(pod: PodFacts): boolean {
  return pod.phase === "Running" && !pod.isMirror && pod.qosClass === "Burstable";
}

export function resizePatch(snapshot: ManifestFacts, minor: string): ManifestDocument[] {
  if (isAtLeast(minor, "1.33") !== true) {
    return [
      {
        fileName: "flags.txt",
        format: "flags",
        text: "# API server and kubelets. On by default from 1.33.\n--feature-gates=InPlacePodVerticalScaling=true\n",
      },
    ];
  }
  const pod = (valueOrNull(snapshot.parts.pods) ?? []).find(mayBeResized);
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

const API_VERSION: Readonly<Record<string, string>> = { Job: "batch/v1", CronJob: "batch/v1" };
function apiVersionOf(kind: string): string {
  return API_VERSION[kind] ?? "apps/v1";
}

export function hasClassicSidecar({ kind, template }: WorkloadFacts): boolean {
  return ["Deployment", "StatefulSet", "DaemonSet"].includes(kind) && findClassicSidecar(template) !== null;
}

export function sidecarPatch(snapshot: ManifestFacts): ManifestDocument[] {
  const workloads = valueOrNull(snapshot.parts.workloads) ?? [];
  const workload = workloads.find(hasClassicSidecar);
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

export const APP_ARMOR_PATCHES = 10;

/** One patch per owning controller whose template still carries annotations; the first few. */
export function appArmorPatches(snapshot: ManifestFacts): ManifestDocument[] {
  const { workloads, jobs, cronJobs } = snapshot.parts;
  const old = templatesOf(valueOrNull(workloads) ?? [], valueOrNull(jobs) ?? [], valueOrNull(cronJobs) ?? []).filter(
    ({ template }) => needsMigration(template),
  );
  return old.slice(0, APP_ARMOR_PATCHES).map(({ kind, namespace, name, template }, position) => {
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
