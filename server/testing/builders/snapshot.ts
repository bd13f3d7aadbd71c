import { consults, GATES, gateAt } from "../../domain/gates/catalogue.ts";
import { known, notExposed, type Reading, type UnknownReason, unknownBecause } from "../../domain/reading.ts";
import type {
  ApiResourceFacts,
  ClusterParts,
  ClusterSnapshot,
  ComponentName,
  ComponentReading,
  GateStageLabel,
  NodeFacts,
  PartName,
} from "../../domain/snapshot.ts";
import { aKubelet, aNode, anApiResource, TEST_NOW } from "./objects.ts";

/** Plain values by part; what is left out gets the healthy default. */
export type PartValues = { readonly [P in PartName]?: ClusterParts[P] extends Reading<infer T> ? T : never };
export type UnknownParts = { readonly [P in PartName]?: UnknownReason | "not-exposed" };

/** What a plain API server of 1.34 serves and a rule looks at. */
export function servedByDefault(minor = "1.34"): ApiResourceFacts[] {
  const minorNumber = Number(minor.split(".")[1]);
  const served = [
    anApiResource("", "v1", "pods", {
      kind: "Pod",
      subresources: minorNumber >= 33 ? ["binding", "ephemeralcontainers", "eviction", "resize"] : ["eviction"],
    }),
    anApiResource("", "v1", "services", { kind: "Service" }),
    anApiResource("batch", "v1", "jobs", { kind: "Job" }),
    anApiResource("autoscaling", "v2", "horizontalpodautoscalers", { kind: "HorizontalPodAutoscaler" }),
    anApiResource("policy", "v1", "poddisruptionbudgets", { kind: "PodDisruptionBudget" }),
  ];
  if (minorNumber >= 34) {
    for (const [resource, kind] of [
      ["resourceslices", "ResourceSlice"],
      ["resourceclaims", "ResourceClaim"],
      ["resourceclaimtemplates", "ResourceClaimTemplate"],
      ["deviceclasses", "DeviceClass"],
    ] as const) {
      served.push(anApiResource("resource.k8s.io", "v1", resource, { kind }));
    }
    served.push(anApiResource("storage.k8s.io", "v1", "volumeattributesclasses", { kind: "VolumeAttributesClass" }));
  }
  if (minorNumber >= 36) {
    served.push(
      anApiResource("admissionregistration.k8s.io", "v1", "mutatingadmissionpolicies", {
        kind: "MutatingAdmissionPolicy",
      }),
      anApiResource("admissionregistration.k8s.io", "v1", "mutatingadmissionpolicybindings", {
        kind: "MutatingAdmissionPolicyBinding",
      }),
    );
  }
  return served;
}

/** One component instance; `gates` as name → on/off, stage BETA unless given as a pair. */
export function aComponent(
  component: ComponentName,
  gates: Readonly<Record<string, boolean | readonly [boolean, GateStageLabel]>> | null,
  parts: Partial<ComponentReading> = {},
): ComponentReading {
  const values =
    gates === null
      ? null
      : new Map(
          Object.entries(gates).map(([name, value]) => [
            name,
            typeof value === "boolean" ? { isOn: value, stage: "BETA" as const } : { isOn: value[0], stage: value[1] },
          ]),
        );
  return {
    component,
    instance: component === "kubelet" ? "node-a" : `${component}-0`,
    version: "1.34.9",
    gates: values,
    explicit: null,
    explicitSource: null,
    source: values === null ? null : "component-metrics",
    unread: values === null ? { reason: "unreachable", detail: "no route to the component" } : null,
    readAt: TEST_NOW,
    ...parts,
  };
}

const CONTROL_PLANE: readonly ComponentName[] = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];

function gatesAt(component: ComponentName, version: string, overrides: Readonly<Record<string, boolean>>) {
  const gates: Record<string, boolean> = {};
  for (const gate of GATES) {
    const at = gateAt(gate, version);
    if (at.status === "known")
      gates[gate.name] = (consults(gate, component) ? overrides[gate.name] : undefined) ?? at.isOnByDefault;
  }
  return gates;
}

/** A control plane and one kubelet per node, all at the catalogue's defaults for their version, `overrides` aside. */
export function componentsAt(
  minor: string,
  overrides: Readonly<Record<string, boolean>> = {},
  nodes: readonly NodeFacts[] = threeNodes(minor),
): ComponentReading[] {
  const version = `${minor}.9`;
  return [
    ...CONTROL_PLANE.map((component) => aComponent(component, gatesAt(component, version, overrides), { version })),
    ...nodes.map((node) =>
      aComponent("kubelet", gatesAt("kubelet", node.kubeletVersion, overrides), {
        instance: node.name,
        version: node.kubeletVersion,
      }),
    ),
  ];
}

function threeNodes(minor: string): NodeFacts[] {
  return ["a", "b", "c"].map((letter) =>
    aNode({ name: `node-${letter}`, zone: `eu-1${letter}`, kubeletVersion: `${minor}.9` }),
  );
}

function defaults(minor: string, nodes: readonly NodeFacts[]): ClusterParts {
  const at = TEST_NOW;
  return {
    version: known({ gitVersion: `v${minor}.9`, minor, platform: "linux/amd64" }, at),
    apiResources: known(servedByDefault(minor), at),
    namespaces: known([{ name: "shop", labels: {}, phase: "Active" }], at),
    nodes: known(nodes, at),
    pods: known([], at),
    workloads: known([], at),
    jobs: known([], at),
    cronJobs: known([], at),
    services: known([], at),
    endpointSlices: known([], at),
    volumeClaims: known([], at),
    volumes: known([], at),
    storageClasses: known([], at),
    volumeAttributesClasses: known([], at),
    csiDrivers: known([], at),
    deviceClasses: known([], at),
    resourceSlices: known([], at),
    resourceClaims: known([], at),
    resourceClaimTemplates: known([], at),
    serviceAccounts: known([], at),
    roles: known([], at),
    roleBindings: known([], at),
    mutatingAdmissionPolicies: known([], at),
    mutatingAdmissionPolicyBindings: known([], at),
    mutatingWebhooks: known([], at),
    horizontalPodAutoscalers: known([], at),
    podDisruptionBudgets: known([], at),
    apiServices: known([], at),
    events: known([], at),
    deprecatedApiUse: known([], at),
    apiWriters: known([], at),
    components: known(componentsAt(minor, {}, nodes), at),
    anonymousProbe: known({ statusByPath: { "/api": 401, "/livez": 200, "/healthz": 200, "/readyz": 200 } }, at),
    kubelets: known(
      nodes.map((node) => aKubelet({ nodeName: node.name })),
      at,
    ),
    controlPlaneMetrics: known([], at),
  };
}

/**
 * A healthy, empty cluster of 1.34 with three nodes in three zones and every component read; vary one thing per test.
 * The version part decides which APIs are served by default. `unknownParts` replaces parts by the reason they are missing.
 */
export function aSnapshot(parts: PartValues = {}, unknownParts: UnknownParts = {}): ClusterSnapshot {
  const minor = parts.version?.minor ?? "1.34";
  const built: Record<string, Reading<unknown>> = { ...defaults(minor, parts.nodes ?? threeNodes(minor)) };
  for (const [name, value] of Object.entries(parts)) built[name] = known(value, TEST_NOW);
  for (const [name, reason] of Object.entries(unknownParts)) {
    built[name] = reason === "not-exposed" ? notExposed(TEST_NOW) : unknownBecause(reason, TEST_NOW);
  }
  return {
    cluster: { name: "test", uid: "uid-kube-system", provider: null },
    takenAt: TEST_NOW,
    parts: asParts(built),
    sources: [],
  };
}

/** Every key comes from `defaults` or from `PartValues`, whose types pair each part with its facts. */
function asParts(built: Record<string, Reading<unknown>>): ClusterParts {
  return built as unknown as ClusterParts;
}

/** The version part of a minor, for `aSnapshot({ version: aVersion("1.36") })`. */
export function aVersion(minor: string) {
  return { gitVersion: `v${minor}.2`, minor, platform: "linux/amd64" };
}
