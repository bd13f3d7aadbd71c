import { describe, expect, it } from "vitest";
import {
  aContainer,
  aDevice,
  amounts,
  aNode,
  aPod,
  aResourceClaim,
  aResourceSlice,
  aTemplate,
} from "../../testing/builders/index.ts";
import type { NodeFacts, PodFacts } from "../snapshot.ts";
import { physicalDeviceCount } from "./device-counts.ts";
import { buildDevices, type DeviceInput } from "./device-model.ts";
import type { GpuDeviceSample } from "./device-sample.ts";
import { divideDevice, summarizeDevices } from "./device-shares.ts";
import { parseGpuResource } from "./gpu-resources.ts";

const node = (extended: Record<string, number>, labels: NodeFacts["labels"] = {}): NodeFacts =>
  aNode({ name: "n1", labels, capacity: amounts({ extended }) });
const pod = (name: string, resource: string, count = 1): PodFacts =>
  aPod({
    name,
    namespace: "ml",
    nodeName: "n1",
    workload: { kind: "Deployment", namespace: "ml", name: "train" },
    template: aTemplate({ containers: [aContainer({ limits: amounts({ extended: { [resource]: count } }) })] }),
  });
const sample = (over: Partial<GpuDeviceSample> = {}): GpuDeviceSample => ({
  vendor: "nvidia",
  deviceId: "GPU-1",
  partitionId: "",
  partitionProfile: null,
  isPartitioned: false,
  nodeName: "n1",
  index: "0",
  model: "NVIDIA A100-SXM4-40GB",
  activityRatio: 0.6,
  activitySource: "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
  tensorActiveRatio: null,
  memoryBusyRatio: null,
  memoryUsedBytes: 1e9,
  memoryTotalBytes: 40e9,
  powerWatts: 200,
  lastErrorCode: 0,
  holders: [],
  ...over,
});
const held = (name: string): GpuDeviceSample["holders"][number] => ({
  namespace: "ml",
  pod: name,
  container: "main",
  workload: null,
  activityRatio: null,
  memoryUsedBytes: null,
  claim: null,
});
const build = (over: Partial<DeviceInput>) =>
  buildDevices({ nodes: [], pods: [], slices: [], claims: [], samples: [], teamOf: () => "ml-team", ...over });
const total = (over: Partial<DeviceInput>) => {
  const { deviceCount, byState } = summarizeDevices(build(over));
  expect(Object.values(byState).reduce((sum, value) => sum + value, 0)).toBe(deviceCount);
  return deviceCount;
};

describe("names of resources", () => {
  it.each([
    ["nvidia.com/gpu", "nvidia", null, false],
    ["nvidia.com/gpu.shared", "nvidia", null, true],
    ["nvidia.com/mig-3g.20gb", "nvidia", "3g.20gb", false],
    ["nvidia.com/mig-1g.5gb.shared", "nvidia", "1g.5gb", true],
    ["nvidia.com/mig-1g.10gb+me", "nvidia", "1g.10gb+me", false],
    ["amd.com/gpu", "amd", null, false],
    ["amd.com/cpx_nps4", "amd", "cpx_nps4", false],
    ["amd.com/spx_nps1", "amd", null, false],
    ["gpu.intel.com/xe", "intel", null, false],
  ])("%s", (name, vendor, profile, isShared) => {
    expect(parseGpuResource(name)).toEqual({ name, vendor, profile, isShared });
  });
  it.each(["gpu.intel.com/xe_monitoring", "nvidia.com/gpu-extra", "amd.com/fpga", "example.com/gpu"])(
    "%s is none",
    (name) => {
      expect(parseGpuResource(name)).toBeNull();
    },
  );
});

describe("a device that fell silent", () => {
  it("is not free while its pod is named on the others", () => {
    const samples = [0, 1, 2].map((index) => sample({ deviceId: `GPU-${index}`, holders: [held("train-0")] }));
    const devices = build({
      nodes: [node({ "nvidia.com/gpu": 4 })],
      pods: [pod("train-0", "nvidia.com/gpu", 4)],
      samples,
    });
    expect(devices).toHaveLength(4);
    expect(devices.filter((device) => device.state === "held-unknown")).toMatchObject([
      { hasTelemetry: false, holders: [{ pod: "train-0", attribution: "node-only" }] },
    ]);
  });
  it("has the model of its neighbours, in their words", () => {
    const labels = { "nvidia.com/gpu.count": "2", "nvidia.com/gpu.product": "NVIDIA-A100-SXM4-40GB" };
    const devices = build({ nodes: [node({ "nvidia.com/gpu": 2 }, labels)], samples: [sample()] });
    expect(new Set(devices.map((device) => device.model))).toEqual(new Set(["NVIDIA A100-SXM4-40GB"]));
  });
});

describe("cards cut by a plugin without telemetry", () => {
  it("keep every holder and count once each", () => {
    const labels = { "nvidia.com/gpu.count": "1", "nvidia.com/mig.strategy": "mixed" };
    const input = {
      nodes: [node({ "nvidia.com/mig-2g.10gb": 3 }, labels)],
      pods: ["a", "b", "c"].map((name) => pod(name, "nvidia.com/mig-2g.10gb")),
    };
    const [device, ...others] = build(input);
    expect(others).toEqual([]);
    expect(device).toMatchObject({ sharing: "mig", state: "held-unknown" });
    expect(device?.holders.map((holder) => holder.pod).sort()).toEqual(["a", "b", "c"]);
    expect(total(input)).toBe(1);
  });
  it("of AMD are as many as the partitions make up", () => {
    expect(physicalDeviceCount(node({ "amd.com/cpx_nps4": 64 }))).toBe(8);
    expect(physicalDeviceCount(node({ "amd.com/dpx_nps2": 16 }))).toBe(8);
    expect(physicalDeviceCount(node({ "amd.com/gpu": 8 }))).toBe(8);
  });
});

describe("cards shared in turns", () => {
  it.each(["time-slicing", "mps"])("by %s count once, with every holder", (strategy) => {
    const labels = {
      "nvidia.com/gpu.count": "1",
      "nvidia.com/gpu.replicas": "4",
      "nvidia.com/gpu.sharing-strategy": strategy,
    };
    const input = {
      nodes: [node({ "nvidia.com/gpu.shared": 4 }, labels)],
      pods: ["a", "b", "c"].map((name) => pod(name, "nvidia.com/gpu.shared")),
      // Without virtual GPUs the exporter names only the last pod.
      samples: [sample({ holders: [held("c")] })],
    };
    const [device] = build(input);
    expect(device?.sharing).toBe(strategy);
    expect(device?.holders.map((holder) => holder.pod).sort()).toEqual(["a", "b", "c"]);
    expect(total(input)).toBe(1);
  });
});

describe("AMD's published devices", () => {
  const published = (type: string, names: readonly string[], more = {}) =>
    aResourceSlice({
      driver: "gpu.amd.com",
      poolName: "n1",
      nodeName: "n1",
      devices: names.map((name) =>
        aDevice({ name, attributes: { type, productName: "AMD Instinct MI300X", ...more }, capacity: { memory: 0 } }),
      ),
    });
  const claim = (device: string) =>
    aResourceClaim({
      namespace: "ml",
      name: "c1",
      allocation: [{ request: "gpu", driver: "gpu.amd.com", pool: "n1", device, adminAccess: false, shareId: null }],
      reservedFor: [{ resource: "pods", name: "train-0", uid: "u" }],
    });
  it("are the cards that report, although they carry no UUID: each counts once, with its holder", () => {
    const samples = ["a", "b"].map((id) =>
      sample({
        vendor: "amd",
        deviceId: id,
        holders: id === "b" ? [held("train-0")] : [],
        activityRatio: id === "b" ? 0.9 : 0,
      }),
    );
    const input = {
      nodes: [node({})],
      pods: [aPod({ name: "train-0", namespace: "ml", nodeName: "n1" })],
      slices: [published("amdgpu", ["gpu-0-128", "gpu-1-129"])],
      claims: [claim("gpu-1-129")],
      samples,
    };
    const devices = build(input);
    expect(
      devices.map((device) => [device.id, device.access, device.state, device.holders.map((own) => own.pod)]),
    ).toEqual([
      ["a", "dra", "free", []],
      ["b", "dra", "active", ["train-0"]],
    ]);
    expect(total(input)).toBe(2);
  });
  it("have one model, however driver and exporter write it: a silent card is of the model of those that report", () => {
    const devices = build({
      nodes: [node({})],
      slices: [published("amdgpu", ["gpu-0", "gpu-1"], { productName: "AMD_Instinct_MI300X_OAM" })],
      samples: [sample({ vendor: "amd", deviceId: "a", model: "AMD Instinct MI300X OAM" })],
    });
    expect(devices.map(({ model, hasTelemetry }) => [model, hasTelemetry])).toEqual([
      ["AMD Instinct MI300X OAM", true],
      ["AMD Instinct MI300X OAM", false],
    ]);
  });
  it("as partitions are parts of the card on their bus, and an unreadable size is not zero", () => {
    const bus = { "resource.kubernetes.io/pciBusID": "0000:19:00.0", partitionProfile: "cpx_nps4" };
    const slices = [published("amdgpu-partition", ["gpu-0-128", "gpu-1-129"], bus)];
    const [card, ...others] = build({
      nodes: [node({})],
      slices,
      claims: [claim("gpu-0-128")],
      pods: [aPod({ name: "train-0", namespace: "ml", nodeName: "n1" })],
    });
    expect(others).toEqual([]);
    expect(card).toMatchObject({ sharing: "mig", memoryBytes: null, model: "AMD Instinct MI300X" });
    expect(card?.partitions.map((part) => [part.profile, part.computeShare, part.state])).toEqual([
      ["cpx_nps4", 1 / 8, "held-unknown"],
      ["cpx_nps4", 1 / 8, "free"],
    ]);
    expect(divideDevice(card ?? fail()).reduce((sum, part) => sum + part.share, 0)).toBe(1);
  });
});

describe("instances of MIG under DRA", () => {
  it("that the exporter numbers and the driver names by UUID are one and the same", () => {
    const slice = aResourceSlice({
      driver: "gpu.nvidia.com",
      poolName: "n1",
      nodeName: "n1",
      devices: [
        aDevice({
          name: "gpu-0-mig-1",
          attributes: { type: "mig", uuid: "MIG-1", parentUUID: "GPU-1", profile: "1g.5gb" },
        }),
      ],
    });
    const claims = [
      aResourceClaim({
        namespace: "ml",
        name: "c1",
        allocation: [
          {
            request: "gpu",
            driver: "gpu.nvidia.com",
            pool: "n1",
            device: "gpu-0-mig-1",
            adminAccess: false,
            shareId: null,
          },
        ],
        reservedFor: [{ resource: "pods", name: "p", uid: "u" }],
      }),
    ];
    const samples = [
      sample({ isPartitioned: true }),
      sample({ partitionId: "7", partitionProfile: "1g.5gb", activityRatio: 0.4 }),
    ];
    const [device] = build({
      nodes: [node({})],
      slices: [slice],
      claims,
      samples,
      pods: [aPod({ name: "p", namespace: "ml", nodeName: "n1" })],
    });
    expect(device?.partitions).toMatchObject([
      { id: "7", activityRatio: 0.4, state: "active", holders: [{ pod: "p" }] },
    ]);
  });
});

describe("a claim that nobody uses", () => {
  it("holds its device under its own name, for the team of its namespace", () => {
    const slice = aResourceSlice({
      driver: "gpu.nvidia.com",
      poolName: "n1",
      nodeName: "n1",
      devices: [aDevice({ name: "gpu-0", attributes: { type: "gpu", uuid: "GPU-1" } })],
    });
    const claims = [
      aResourceClaim({
        namespace: "ml",
        name: "left-over",
        allocation: [
          { request: "gpu", driver: "gpu.nvidia.com", pool: "n1", device: "gpu-0", adminAccess: false, shareId: null },
        ],
        reservedFor: [],
      }),
    ];
    const [device] = build({
      nodes: [node({})],
      slices: [slice],
      claims,
      samples: [sample({ activityRatio: 0 })],
      teamOfNamespace: () => "ml-team",
    });
    expect(device).toMatchObject({
      state: "held-idle",
      holders: [{ pod: "", team: "ml-team", workload: { kind: "ResourceClaim", name: "left-over" } }],
    });
  });
});

function fail(): never {
  throw new Error("no device");
}
