import fc from "fast-check";
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
import { buildDevices, type DeviceInput, physicalDeviceCount } from "./device-model.ts";
import type { GpuDeviceSample } from "./device-sample.ts";
import { divideDevice, summarizeDevices } from "./device-shares.ts";
import { repackDevices } from "./repack.ts";

const gpuNode = (name: string, count: number, over: Partial<NodeFacts> = {}): NodeFacts =>
  aNode({ name, pool: "gpu", capacity: amounts({ extended: { "nvidia.com/gpu": count } }), ...over });
const gpuPod = (name: string, nodeName: string, count = 1): PodFacts =>
  aPod({
    name,
    namespace: "ml",
    nodeName,
    workload: { kind: "Deployment", namespace: "ml", name: "train" },
    template: aTemplate({ containers: [aContainer({ limits: amounts({ extended: { "nvidia.com/gpu": count } }) })] }),
  });
const sample = (over: Partial<GpuDeviceSample>): GpuDeviceSample => ({
  vendor: "nvidia",
  deviceId: "GPU-1",
  partitionId: "",
  partitionProfile: null,
  isPartitioned: false,
  nodeName: "n1",
  index: "0",
  model: "A100",
  activityRatio: 0.6,
  activitySource: "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
  tensorActiveRatio: null,
  memoryBusyRatio: null,
  memoryUsedBytes: 1e9,
  memoryTotalBytes: 8e10,
  powerWatts: 200,
  lastErrorCode: 0,
  holders: [],
  ...over,
});
const heldBy = (pod: string) => ({
  namespace: "ml",
  pod,
  container: "main",
  workload: null,
  activityRatio: null,
  memoryUsedBytes: null,
  claim: null,
});
const input = (over: Partial<DeviceInput>): DeviceInput => ({
  nodes: [],
  pods: [],
  slices: [],
  claims: [],
  samples: [],
  teamOf: () => "ml-team",
  ...over,
});

describe("devices of a cluster", () => {
  it("are counted by hardware, not by shared replicas", () => {
    const labels = {
      "nvidia.com/gpu.count": "2",
      "nvidia.com/gpu.replicas": "4",
      "nvidia.com/gpu.sharing-strategy": "time-slicing",
    };
    expect(physicalDeviceCount(gpuNode("n", 8, { labels }))).toBe(2);
    expect(physicalDeviceCount(gpuNode("n", 8, { labels: { "nvidia.com/gpu.replicas": "4" } }))).toBe(2);
    expect(physicalDeviceCount(aNode())).toBe(0);
  });
  it("join telemetry and holders, and fill up what no one names", () => {
    const devices = buildDevices(
      input({
        nodes: [gpuNode("n1", 2)],
        pods: [gpuPod("p1", "n1"), gpuPod("p2", "n1")],
        samples: [sample({ holders: [heldBy("p1")] })],
      }),
    );
    expect(devices).toHaveLength(2);
    expect(devices[0]).toMatchObject({
      id: "GPU-1",
      state: "active",
      holders: [{ pod: "p1", team: "ml-team", attribution: "telemetry" }],
    });
    expect(devices[1]).toMatchObject({
      state: "held-unknown",
      stateReason: "silent",
      hasTelemetry: false,
      holders: [{ pod: "p2", attribution: "node-only" }],
    });
  });
  it.each([
    ["held and idle", 0.01, [heldBy("p1")], "held-idle"],
    ["held and busy", 0.5, [heldBy("p1")], "active"],
    ["held and silent is not idle", null, [heldBy("p1")], "held-unknown"],
    ["nobody's and quiet", 0, [], "free"],
    ["nobody's but busy", 0.9, [], "active"],
  ])("%s", (_, activityRatio, holders, expected) => {
    const [device] = buildDevices(
      input({
        nodes: [gpuNode("n1", 1)],
        pods: [gpuPod("p1", "other")],
        samples: [sample({ activityRatio, holders })],
      }),
    );
    expect(device?.state).toBe(expected);
  });
  it("on a cordoned node are unavailable unless held", () => {
    const [device] = buildDevices(
      input({ nodes: [gpuNode("n1", 1, { isSchedulable: false })], samples: [sample({ activityRatio: 0 })] }),
    );
    expect(device).toMatchObject({ state: "unavailable", stateReason: "node-cordoned" });
  });
  it("of a DRA driver are joined by UUID and held through claims", () => {
    const slice = aResourceSlice({
      driver: "gpu.nvidia.com",
      poolName: "n1",
      nodeName: "n1",
      devices: [aDevice({ name: "gpu-0", attributes: { uuid: "GPU-1", type: "gpu", productName: "H100" } })],
    });
    const claim = aResourceClaim({
      namespace: "ml",
      name: "c1",
      allocation: [
        { request: "r", driver: "gpu.nvidia.com", pool: "n1", device: "gpu-0", adminAccess: false, shareId: null },
      ],
      reservedFor: [{ resource: "pods", name: "p1", uid: "u" }],
    });
    const pods = [aPod({ name: "p1", namespace: "ml", nodeName: "n1" })];
    const devices = buildDevices(
      input({
        nodes: [aNode({ name: "n1" })],
        pods,
        slices: [slice],
        claims: [claim],
        samples: [sample({ activityRatio: 0.01, model: null })],
      }),
    );
    expect(devices).toHaveLength(1);
    expect(devices[0]).toMatchObject({
      id: "GPU-1",
      access: "dra",
      model: "H100",
      state: "held-idle",
      holders: [{ pod: "p1", claim: { name: "c1" } }],
    });
    const admin = {
      ...claim,
      allocation: claim.allocation?.map((result) => ({ ...result, adminAccess: true })) ?? null,
    };
    const observed = buildDevices(
      input({
        nodes: [aNode({ name: "n1" })],
        pods,
        slices: [slice],
        claims: [admin],
        samples: [sample({ activityRatio: 0.01 })],
      }),
    );
    expect(observed[0]?.state).toBe("free");
  });
  it("cut by MIG count as one device whose parts have their own states", () => {
    const whole = sample({ isPartitioned: true, activityRatio: null });
    const part = (id: string, profile: string, activityRatio: number, holders: GpuDeviceSample["holders"]) =>
      sample({ partitionId: id, partitionProfile: profile, activityRatio, holders });
    const [device] = buildDevices(
      input({
        nodes: [gpuNode("n1", 1)],
        samples: [whole, part("1", "3g.40gb", 0.7, [heldBy("a")]), part("2", "2g.20gb", 0, [heldBy("b")])],
      }),
    );
    expect(device?.partitions.map((p) => p.state)).toEqual(["active", "held-idle"]);
    const shares = divideDevice(device ?? fail());
    expect(shares.map((share) => [share.state, Math.round(share.share * 7)])).toEqual([
      ["active", 3],
      ["held-idle", 2],
      ["free", 2],
    ]);
  });
  it("shared by time-slicing are split among holders, never doubled", () => {
    const labels = {
      "nvidia.com/gpu.count": "1",
      "nvidia.com/gpu.replicas": "4",
      "nvidia.com/gpu.sharing-strategy": "time-slicing",
    };
    const devices = buildDevices(
      input({
        nodes: [gpuNode("n1", 4, { labels })],
        pods: [gpuPod("p1", "n1"), gpuPod("p2", "n1")],
        samples: [sample({})],
      }),
    );
    expect(devices).toHaveLength(1);
    expect(devices[0]?.holders.map((holder) => holder.pod).sort()).toEqual(["p1", "p2"]);
    expect(divideDevice(devices[0] ?? fail()).map((share) => share.share)).toEqual([0.5, 0.5]);
  });
  it("of every kind add up to their number", () => {
    const activity = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
    const arbitrary = fc.array(
      fc.record({
        activityRatio: activity,
        holderCount: fc.integer({ min: 0, max: 4 }),
        profiles: fc.array(fc.constantFrom("1g.10gb", "2g.20gb", "3g.40gb"), { maxLength: 3 }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(arbitrary, (given) => {
        const samples = given.flatMap(({ activityRatio, holderCount, profiles }, index) => {
          const deviceId = `GPU-${index}`;
          const holders = Array.from({ length: holderCount }, (_, n) => heldBy(`p${index}-${n}`));
          return [
            sample({ deviceId, activityRatio, isPartitioned: profiles.length > 0, holders }),
            ...profiles.map((profile, n) =>
              sample({ deviceId, partitionId: String(n + 1), partitionProfile: profile, activityRatio, holders }),
            ),
          ];
        });
        const summary = summarizeDevices(buildDevices(input({ nodes: [gpuNode("n1", given.length)], samples })));
        const total = Object.values(summary.byState).reduce((sum, value) => sum + value, 0);
        expect(total).toBe(summary.deviceCount);
      }),
    );
  });
});

describe("repacking", () => {
  const device = (id: string, over = {}) => ({
    id,
    model: "A100",
    memoryBytes: 80,
    linkDomain: "n1",
    migProfiles: [],
    ...over,
  });
  const item = (id: string, over = {}) => ({
    id,
    model: "A100",
    deviceCount: 1,
    activityRatio: 0.2,
    memoryBytes: 10,
    migProfile: null,
    ...over,
  });

  it("puts light holders together and frees the rest", () => {
    const result = repackDevices(
      ["a", "b", "c", "d"].map((id) => item(id)),
      ["1", "2", "3", "4"].map((id) => device(id)),
    );
    expect(result.freedDevices).toHaveLength(3);
    expect(result.utilizationRatio).toBeCloseTo(0.8);
  });
  it("respects memory, model and holders without a figure", () => {
    const items = [
      item("big", { memoryBytes: 60 }),
      item("big2", { memoryBytes: 60 }),
      item("silent", { activityRatio: null }),
      item("other", { model: "H100" }),
    ];
    const result = repackDevices(
      items,
      ["1", "2", "3", "4"].map((id) => device(id)),
    );
    expect(result.usedDevices).toHaveLength(3);
    expect(result.unplaced).toEqual(["other"]);
  });
  it("keeps several devices of one holder in one link domain", () => {
    const devices = [device("1"), device("2", { linkDomain: "n2" }), device("3", { linkDomain: "n2" })];
    const result = repackDevices([item("pair", { deviceCount: 2 })], devices);
    expect(result.placements).toEqual([{ itemId: "pair", deviceIds: ["2", "3"] }]);
  });
  it("never uses more devices than there are and never drops a holder silently", () => {
    const items = fc.array(
      fc.record({
        activityRatio: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        memoryBytes: fc.option(fc.integer({ min: 0, max: 80 })),
        deviceCount: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(items, fc.integer({ min: 0, max: 12 }), (given, count) => {
        const list = given.map((entry, index) => item(`i${index}`, entry));
        const result = repackDevices(
          list,
          Array.from({ length: count }, (_, index) => device(`d${index}`)),
        );
        expect(result.placements.length + result.unplaced.length).toBe(list.length);
        expect(result.usedDevices.length + result.freedDevices.length).toBe(count);
      }),
    );
  });
});

function fail(): never {
  throw new Error("no device");
}
