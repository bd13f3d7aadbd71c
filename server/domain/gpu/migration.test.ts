import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import {
  aContainer,
  aDevice,
  amounts,
  aNode,
  anApiResource,
  aPod,
  aResourceSlice,
  aTemplate,
} from "../../testing/builders/index.ts";
import { documentErrors } from "../../testing/recorded-apis.ts";
import { migrationDocuments } from "../manifests/dra-migration.ts";
import type { NodeFacts, PodFacts, ResourceSliceFacts } from "../snapshot.ts";
import { buildDevices } from "./device-model.ts";
import { isClaiming, listAskingWorkloads, planMigration } from "./migration.ts";
import type { MigrationInput, MigrationPlan } from "./migration-types.ts";

const served = (version: string) => [anApiResource("resource.k8s.io", version, "resourceclaimtemplates")];
const asking = (resource: string, count = 1, over: Partial<PodFacts> = {}): PodFacts =>
  aPod({
    name: "train-0",
    namespace: "ml",
    nodeName: "n1",
    workload: { kind: "StatefulSet", namespace: "ml", name: "train" },
    template: aTemplate({ containers: [aContainer({ limits: amounts({ extended: { [resource]: count } }) })] }),
    ...over,
  });
const a100Node = (name: string, over: Partial<NodeFacts> = {}): NodeFacts =>
  aNode({
    name,
    capacity: amounts({ extended: { "nvidia.com/gpu": 8 } }),
    labels: { "nvidia.com/gpu.product": "NVIDIA-A100-SXM4-40GB", "nvidia.com/gpu.count": "8" },
    ...over,
  });
const slice = (nodeName: string, over: Partial<ResourceSliceFacts> = {}): ResourceSliceFacts =>
  aResourceSlice({
    driver: "gpu.nvidia.com",
    poolName: nodeName,
    nodeName,
    devices: [0, 1].map((index) =>
      aDevice({
        name: `gpu-${index}`,
        attributes: { type: "gpu", uuid: `GPU-${nodeName}-${index}`, productName: "NVIDIA A100-SXM4-40GB" },
      }),
    ),
    ...over,
  });

function inputOf(pods: readonly PodFacts[], over: Partial<MigrationInput> = {}): MigrationInput {
  const nodes = over.nodes ?? [a100Node("n1")];
  const base: MigrationInput = {
    minor: "1.34",
    apis: served("v1"),
    gate: { state: "on", offIn: [] },
    nodes,
    workloads: listAskingWorkloads(
      pods.map((pod) => ({ pod, team: "ml-team" })),
      [],
    ),
    slices: [slice("n1")],
    classes: [],
    devices: [],
    pods,
    ...over,
  };
  const devices = buildDevices({ nodes, pods, slices: base.slices ?? [], claims: [], samples: [], teamOf: () => null });
  return { ...base, devices: over.devices ?? devices };
}
function planOne(pods: readonly PodFacts[], over: Partial<MigrationInput> = {}): MigrationPlan {
  const [plan, ...others] = planMigration(inputOf(pods, over));
  if (plan === undefined || others.length > 0) throw new Error("one plan is due");
  return plan;
}
const keysOf = (plan: MigrationPlan) => plan.blockers.map((entry) => entry.key);

describe("who has to move", () => {
  it("is whoever asks by extended resource, with and without pods; finished pods and other resources are not", () => {
    const workloads = listAskingWorkloads(
      [
        { pod: asking("nvidia.com/gpu", 4), team: "ml" },
        { pod: asking("nvidia.com/gpu", 4, { name: "train-1", nodeName: "n2" }), team: "ml" },
        {
          pod: asking("example.com/fpga", 1, { workload: { kind: "Deployment", namespace: "x", name: "fpga" } }),
          team: null,
        },
        {
          pod: asking("amd.com/gpu", 1, {
            phase: "Succeeded",
            workload: { kind: "Job", namespace: "x", name: "done" },
          }),
          team: null,
        },
      ],
      [
        {
          ref: { kind: "CronJob", namespace: "ml", name: "nightly" },
          team: "ml",
          template: asking("nvidia.com/mig-1g.5gb").template,
        },
        { ref: { kind: "Deployment", namespace: "shop", name: "web" }, team: null, template: aTemplate() },
      ],
    );
    expect(workloads.map(({ ref, podCount, nodeNames }) => [ref.kind, ref.name, podCount, nodeNames])).toEqual([
      ["CronJob", "nightly", 0, []],
      ["StatefulSet", "train", 2, ["n1", "n2"]],
    ]);
  });
  it("is not who claims already", () => {
    const template = aTemplate({ resourceClaims: [{ name: "gpu", claimName: null, templateName: "two" }] });
    expect(isClaiming(aPod({ template }))).toBe(true);
    expect(isClaiming(aPod({ extendedResourceClaimName: "claim" }))).toBe(true);
    expect(isClaiming(asking("nvidia.com/gpu"))).toBe(false);
  });
});

describe("the selector", () => {
  it("takes the model that the pods run on, in the driver's words, and finds the devices that fit", () => {
    expect(planOne([asking("nvidia.com/gpu", 4)]).requests).toMatchObject([
      {
        driver: "gpu.nvidia.com",
        className: "nvidia-a100-sxm4-40gb",
        selectorCel:
          'device.driver == "gpu.nvidia.com" && device.attributes["gpu.nvidia.com"].type == "gpu" && device.attributes["gpu.nvidia.com"].productName == "NVIDIA A100-SXM4-40GB"',
        matchingDevices: 2,
      },
    ]);
  });
  it("leaves open what a label does not keep apart, until a driver publishes the model", () => {
    const [request] = planOne([asking("nvidia.com/gpu")], { slices: [] }).requests;
    expect(request?.selectorCel).toContain('.productName.matches("^(NVIDIA[ _-]A100[ _-]SXM4[ _-]40GB)$")');
    expect(request?.matchingDevices).toBeNull();
  });
  it("lets a workload on two models run on both", () => {
    const h100 = a100Node("n2", { labels: { "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3" } });
    const pods = [asking("nvidia.com/gpu"), asking("nvidia.com/gpu", 1, { name: "train-1", nodeName: "n2" })];
    const [request] = planOne(pods, { nodes: [a100Node("n1"), h100], slices: [] }).requests;
    expect(request?.selectorCel).toContain(
      'matches("^(NVIDIA[ _-]A100[ _-]SXM4[ _-]40GB|NVIDIA[ _-]H100[ _-]80GB[ _-]HBM3)$")',
    );
  });
  it("names no model where nothing runs", () => {
    const plan = planOne([asking("nvidia.com/gpu", 1, { nodeName: null, phase: "Pending" })]);
    expect(plan.requests).toMatchObject([{ models: [], className: "nvidia-gpu", matchingDevices: 2 }]);
  });
  it("asks for the profile of MIG, also where only the node's product says it", () => {
    const mixed = planOne([asking("nvidia.com/mig-2g.10gb")]).requests[0];
    expect(mixed?.selectorCel).toContain('.type == "mig" && device.attributes["gpu.nvidia.com"].profile == "2g.10gb"');
    expect(mixed?.className).toBe("nvidia-a100-sxm4-40gb-2g-10gb");
    const single = a100Node("n1", {
      labels: { "nvidia.com/gpu.product": "NVIDIA-A100-SXM4-40GB-MIG-1g.5gb", "nvidia.com/mig.strategy": "single" },
    });
    expect(planOne([asking("nvidia.com/gpu")], { nodes: [single] }).requests[0]?.selectorCel).toContain(
      '.profile == "1g.5gb"',
    );
  });
  it("uses AMD's words for whole cards and partitions", () => {
    const amd = aNode({ name: "n1", capacity: amounts({ extended: { "amd.com/gpu": 8 } }) });
    const whole = planOne([asking("amd.com/gpu")], { nodes: [amd], slices: [] }).requests[0];
    expect(whole?.selectorCel).toBe(
      'device.driver == "gpu.amd.com" && device.attributes["gpu.amd.com"].type == "amdgpu"',
    );
    const cut = planOne([asking("amd.com/cpx_nps4")], { nodes: [amd], slices: [] }).requests[0];
    expect(cut?.selectorCel).toContain(
      '.type == "amdgpu-partition" && device.attributes["gpu.amd.com"].partitionProfile == "cpx_nps4"',
    );
  });
  it("takes a class that is there already and means the same", () => {
    const { selectorCel } = planOne([asking("nvidia.com/gpu")]).requests[0] ?? { selectorCel: "" };
    const classes = [{ name: "a100", selectorCel: [selectorCel.replaceAll('"', "'")], extendedResourceName: null }];
    expect(planOne([asking("nvidia.com/gpu")], { classes }).requests).toMatchObject([
      { className: "a100", isClassThere: true },
    ]);
  });
  it("keeps names from the cluster inside their quotes", () => {
    const nasty = 'A100"] || true || ["x';
    const samples = [
      slice("n1", { devices: [aDevice({ attributes: { type: "gpu", uuid: "GPU-1", productName: nasty } })] }),
    ];
    const plan = planOne([asking("nvidia.com/gpu")], { slices: samples, nodes: [a100Node("n1", { labels: {} })] });
    expect(plan.requests[0]?.selectorCel).toContain(JSON.stringify(nasty));
    for (const document of migrationDocuments(plan, "1.34")) expect(documentErrors(document, "1.34")).toEqual([]);
  });
});

describe("what stands in the way", () => {
  it("is nothing where driver, exporter and version fit", () => {
    const plan = planOne([asking("nvidia.com/gpu")]);
    expect(plan.state).toBe("ready");
    expect(plan.version).toBe("v1");
  });
  it.each<[string, Partial<MigrationInput>, string, MigrationPlan["state"]]>([
    ["the version", { minor: "1.31" }, "no-dra-in-version", "blocked"],
    ["an unknown version", { minor: null }, "version-unknown", "unknown"],
    ["an API that is not served", { minor: "1.33", apis: [] }, "api-not-served", "blocked"],
    ["a gate that is off", { gate: { state: "off", offIn: ["kubelet"] } }, "gate-off", "blocked"],
    [
      "a gate that nobody read before 1.34",
      { minor: "1.33", apis: served("v1beta2"), gate: { state: "unknown", offIn: [] } },
      "gate-unknown",
      "unknown",
    ],
    ["slices that may not be listed", { slices: null }, "slices-unread", "unknown"],
    ["no driver", { slices: [] }, "no-driver", "blocked"],
    ["another vendor's driver", { slices: [slice("n1", { driver: "gpu.amd.com" })] }, "no-driver", "blocked"],
    ["a driver that publishes elsewhere", { slices: [slice("n9")] }, "driver-not-on-nodes", "blocked"],
    ["a pool that misses slices", { slices: [slice("n1", { poolSliceCount: 2 })] }, "pool-incomplete", "ready"],
    [
      "devices that are something else",
      {
        slices: [
          slice("n1", { devices: [aDevice({ attributes: { type: "vfio", productName: "NVIDIA A100-SXM4-40GB" } })] }),
        ],
      },
      "no-device-matches",
      "blocked",
    ],
    [
      "both ways on one node",
      { nodes: [a100Node("n1", { allocatable: amounts({ extended: { "nvidia.com/gpu": 8 } }) })] },
      "double-offer",
      "ready",
    ],
  ])("%s", (_, over, key, state) => {
    const plan = planOne([asking("nvidia.com/gpu")], over);
    expect(keysOf(plan)).toContain(key);
    expect(plan.state).toBe(state);
  });
  it("is not a gate that nobody read where it is on by default", () => {
    expect(keysOf(planOne([asking("nvidia.com/gpu")], { gate: { state: "unknown", offIn: [] } }))).not.toContain(
      "gate-unknown",
    );
  });
  it("is a device that several pods share in turns: claims would take whole ones", () => {
    const labels = {
      ...a100Node("n1").labels,
      "nvidia.com/gpu.sharing-strategy": "time-slicing",
      "nvidia.com/gpu.replicas": "4",
    };
    const pods = [0, 1, 2].map((index) => asking("nvidia.com/gpu", 1, { name: `train-${index}` }));
    const plan = planOne(pods, { nodes: [a100Node("n1", { labels })] });
    expect(plan.blockers.find((entry) => entry.key === "time-shared")?.params).toEqual({
      pods: 3,
      replicas: 4,
      before: 1,
      after: 3,
    });
  });
  it("is what cannot be patched", () => {
    const of = (kind: string) =>
      keysOf(planOne([asking("nvidia.com/gpu", 1, { workload: { kind, namespace: "ml", name: "x" } })]));
    expect(of("Job")).toContain("made-again");
    expect(of("Pod")).toContain("made-again");
    expect(of("PyTorchJob")).toContain("managed-elsewhere");
    expect(of("Deployment")).not.toContain("managed-elsewhere");
  });
  it("is an exporter that does not name who holds claimed devices, for then nobody pays", () => {
    const device = (attribution: "telemetry" | "claim") => ({
      nodeName: "n1",
      vendor: "nvidia",
      model: "NVIDIA A100-SXM4-40GB",
      access: "dra" as const,
      hasTelemetry: true,
      partitions: [],
      holders: [
        {
          namespace: "ml",
          pod: "other",
          workload: null,
          team: null,
          attribution,
          claim: { namespace: "ml", name: "c" },
          activityRatio: null,
          memoryUsedBytes: null,
        },
      ],
    });
    const pods = [asking("nvidia.com/gpu")];
    expect(keysOf(planOne(pods, { devices: [device("claim")] }))).toEqual(["exporter-without-claims"]);
    expect(keysOf(planOne(pods, { devices: [device("telemetry")] }))).toEqual([]);
    expect(keysOf(planOne(pods, { devices: [{ ...device("claim"), hasTelemetry: false }] }))).toEqual(["no-telemetry"]);
    const unclaimed = [{ ...device("claim"), access: "device-plugin" as const, holders: [] }];
    expect(keysOf(planOne(pods, { devices: unclaimed }))).toEqual(["exporter-unproven"]);
  });
  it.each([
    ["nvcr.io/nvidia/k8s/dcgm-exporter:4.2.3-4.3.0-ubuntu22.04", "exporter-too-old"],
    ["nvcr.io/nvidia/k8s/dcgm-exporter:4.5.3-4.8.2-distroless", "exporter-reads-beta"],
    ["nvcr.io/nvidia/k8s/dcgm-exporter:4.6.0-4.8.3-distroless", "exporter-unproven"],
    ["example.com/dcgm-exporter@sha256:abc", "exporter-unproven"],
  ])("%s → %s", (image, key) => {
    const exporter = { nodeName: "n1", template: aTemplate({ containers: [aContainer({ image })] }) };
    const plan = planOne([asking("nvidia.com/gpu")], {
      pods: [exporter],
      devices: [
        {
          nodeName: "n1",
          vendor: "nvidia",
          model: "NVIDIA A100-SXM4-40GB",
          access: "device-plugin",
          hasTelemetry: true,
          holders: [],
          partitions: [],
        },
      ],
    });
    expect(keysOf(plan)).toEqual([key]);
  });
});

describe("the objects", () => {
  const two = asking("nvidia.com/gpu", 2, {
    template: aTemplate({
      initContainers: [aContainer({ name: "warm-up", limits: amounts({ extended: { "nvidia.com/gpu": 2 } }) })],
      containers: [
        aContainer({ name: "train", limits: amounts({ extended: { "nvidia.com/gpu": 2 } }) }),
        aContainer({ name: "eval", limits: amounts({ extended: { "nvidia.com/mig-1g.5gb": 1 } }) }),
        aContainer({ name: "log" }),
      ],
    }),
  });
  const kinds = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod", "PyTorchJob"];
  it.each(
    kinds.flatMap((kind) => [
      [kind, "1.34", "v1"],
      [kind, "1.34", "v1beta1"],
      [kind, "1.36", "v1"],
    ]),
  )("of a %s fit the API of %s, written in %s", (kind, minor, version) => {
    const pod = { ...two, workload: { kind, namespace: "ml", name: "train" } };
    const plan = planOne([pod], { minor, apis: served(version), classes: [] });
    const documents = migrationDocuments(plan, minor);
    expect(documents.map((document) => document.fileName)).toEqual([
      "device-class.yaml",
      "claim-template.yaml",
      "pod-template-patch.yaml",
    ]);
    for (const document of documents) {
      expect(documentErrors(document, minor), document.text).toEqual([]);
      expect(document.text.startsWith("# ")).toBe(true);
    }
    expect(documents[1]?.text).toContain(`apiVersion: resource.k8s.io/${version}`);
  });
  it("in v1beta2, which no server was recorded with, have the shape of v1", () => {
    const plan = planOne([two], { minor: "1.33", apis: served("v1beta2") });
    const as = { "resource.k8s.io/v1beta2": "resource.k8s.io/v1" };
    for (const document of migrationDocuments(plan, "1.33")) expect(documentErrors(document, "1.34", as)).toEqual([]);
  });
  it("say which flags come first where a version serves nothing by itself, and nothing at all before that", () => {
    const plan = planOne([two], { minor: "1.32", apis: [] });
    const documents = migrationDocuments(plan, "1.32");
    expect(documents[0]).toMatchObject({
      format: "flags",
      text: expect.stringContaining("--runtime-config=resource.k8s.io/v1beta1=true"),
    });
    expect(documents.flatMap((document) => documentErrors(document, "1.34"))).toEqual([]);
    expect(migrationDocuments(planOne([two], { minor: "1.31" }), "1.31")).toEqual([]);
  });
  it("give each asking container a claim of its own, lend it to init containers, and take the resource away", () => {
    const [, template, patch] = migrationDocuments(planOne([two]), "1.34");
    const names = parseAllDocuments(template?.text ?? "").map(
      (parsed) => (parsed.toJS() as { metadata: { name: string } }).metadata.name,
    );
    expect(names).toEqual(["train-gpu", "train-gpu-2"]);
    const value: unknown = parseAllDocuments(patch?.text ?? "")[0]?.toJS();
    expect(value).toEqual({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { namespace: "ml", name: "train" },
      spec: {
        template: {
          spec: {
            resourceClaims: [
              { name: "gpu", resourceClaimTemplateName: "train-gpu" },
              { name: "gpu-2", resourceClaimTemplateName: "train-gpu-2" },
            ],
            initContainers: [
              {
                name: "warm-up",
                resources: {
                  requests: { "nvidia.com/gpu": null },
                  limits: { "nvidia.com/gpu": null },
                  claims: [{ name: "gpu" }],
                },
              },
            ],
            containers: [
              {
                name: "train",
                resources: {
                  requests: { "nvidia.com/gpu": null },
                  limits: { "nvidia.com/gpu": null },
                  claims: [{ name: "gpu" }],
                },
              },
              {
                name: "eval",
                resources: {
                  requests: { "nvidia.com/mig-1g.5gb": null },
                  limits: { "nvidia.com/mig-1g.5gb": null },
                  claims: [{ name: "gpu-2" }],
                },
              },
            ],
          },
        },
      },
    });
  });
  it("leave out a class that is there, and from 1.36 offer a class behind the resource's own name", () => {
    const one = asking("nvidia.com/gpu", 1);
    const { selectorCel } = planOne([one]).requests[0] ?? { selectorCel: "" };
    const classes = [{ name: "a100", selectorCel: [selectorCel], extendedResourceName: null }];
    const documents = migrationDocuments(planOne([one], { minor: "1.36", classes }), "1.36");
    expect(documents.map((document) => document.fileName)).toEqual([
      "claim-template.yaml",
      "pod-template-patch.yaml",
      "alternative-device-class.yaml",
    ]);
    expect(documents[2]?.text).toContain('extendedResourceName: "nvidia.com/gpu"');
    expect(documents.flatMap((document) => documentErrors(document, "1.36"))).toEqual([]);
  });
});
