import { describe, expect, it } from "vitest";
import {
  aContainer,
  aDevice,
  amounts,
  aNode,
  anEvent,
  aPod,
  aResourceClaim,
  aResourceSlice,
  aSnapshot,
  aTemplate,
  aVersion,
  componentsAt,
} from "../../../testing/builders/index.ts";
import { judge, states } from "../../../testing/builders/judge.ts";
import { countDevices } from "../device-count.ts";
import { dynamicResourceAllocation as check } from "./dynamic-resource-allocation.ts";

const claiming = aTemplate({ resourceClaims: [{ name: "gpu", claimName: null, templateName: "one-gpu" }] });
const byPlugin = aTemplate({ containers: [aContainer({ limits: amounts({ extended: { "nvidia.com/gpu": 1 } }) })] });
const deviceClasses = [{ name: "gpu.example.com", selectorCel: [], extendedResourceName: null }];
const driver = { resourceSlices: [aResourceSlice()], deviceClasses };
const inUse = { ...driver, pods: [aPod({ namespace: "ml", template: claiming })], resourceClaims: [aResourceClaim()] };

describe("dynamic resource allocation", () => {
  it("is effective when claims hold devices", () => {
    const outcome = judge(check, aSnapshot(inUse));
    expect(outcome.verdict).toBe("effective");
    expect(outcome.adoption).toMatchObject({ numerator: 1, denominator: 1, byNamespace: { ml: { met: 1, of: 1 } } });
    expect(outcome.blockers).toEqual([]);
  });
  it("is in use with a stuck claim, and tells the scheduler's reason", () => {
    const pending = aPod({
      name: "train-2",
      namespace: "ml",
      template: claiming,
      phase: "Pending",
      nodeName: null,
      conditions: [
        {
          type: "PodScheduled",
          status: "False",
          reason: "Unschedulable",
          message: "0/3 nodes are available: 3 cannot allocate all claims.",
          at: null,
        },
      ],
    });
    const stuck = aResourceClaim({ name: "stuck", ownerPod: "train-2", allocation: null, reservedFor: [] });
    const outcome = judge(
      check,
      aSnapshot({ ...inUse, pods: [...inUse.pods, pending], resourceClaims: [aResourceClaim(), stuck] }),
    );
    expect(outcome).toMatchObject({
      verdict: "in-use",
      stages: {
        effective: {
          state: "partly",
          met: 1,
          of: 2,
          evidence: [{ subject: "claim/ml/stuck", observed: "not allocated" }],
        },
      },
      blockers: [{ key: "claim-no-device", severity: "blocking", count: 1 }],
    });
    expect(outcome.objects[0]).toMatchObject({ key: "pending-claims", total: 1, items: [{ ref: { name: "stuck" } }] });
  });
  it("names a missing class as the cause", () => {
    const lost = aResourceClaim({
      allocation: null,
      reservedFor: [],
      requests: [{ ...aResourceClaim().requests[0], deviceClassName: "nope" } as never],
    });
    expect(judge(check, aSnapshot({ ...inUse, resourceClaims: [lost] })).blockers[0]?.key).toBe("claim-no-class");
  });
  it("is ready and unused while pods still ask device plugins", () => {
    const outcome = judge(check, aSnapshot({ ...driver, pods: [aPod({ template: byPlugin })] }));
    expect(outcome).toMatchObject({ verdict: "ready-unused", adoption: { numerator: 0, denominator: 1 } });
  });
  it("is not applicable where no pod asks for a device", () => {
    expect(judge(check, aSnapshot(driver)).verdict).toBe("not-applicable");
  });
  it("is blocked without a driver", () => {
    expect(judge(check, aSnapshot({ pods: [aPod({ template: byPlugin })] }))).toMatchObject({
      verdict: "blocked",
      stages: { ready: { reasonKey: "no-driver" } },
    });
  });
  it("is off where the API is not served", () => {
    expect(judge(check, aSnapshot({ version: aVersion("1.33") })).verdict).toBe("off");
  });
  it("drifts when one component has it off", () => {
    const nodes = [aNode({ name: "node-a" }), aNode({ name: "old", kubeletVersion: "1.33.4" })];
    const outcome = judge(check, aSnapshot({ ...inUse, nodes, components: componentsAt("1.34", {}, nodes) }));
    expect(outcome.verdict).toBe("drift");
    expect(outcome.stages.enabled.evidence[0]).toMatchObject({ subject: "general · 1.33.4 · 1 node", observed: "off" });
  });
  it("infers what use proves when components cannot be read", () => {
    const outcome = judge(check, aSnapshot(inUse, { components: "forbidden" }));
    expect(states(outcome)).toBe("met inferred met met met");
  });
  it("stays unknown where pods are forbidden", () => {
    const outcome = judge(check, aSnapshot({ ...driver, resourceClaims: [] }, { pods: "forbidden" }));
    expect(outcome).toMatchObject({
      verdict: "unknown",
      stages: { adopted: { state: "unknown", unknownReason: "pods: forbidden" } },
    });
    expect(outcome.unjudged).toContain("pods: forbidden");
  });
  it("sees a driver that is gone, double offers, idle claims and failed preparation", () => {
    const nodes = [aNode({ name: "node-a", allocatable: amounts({ extended: { "example.com/gpu": 1 } }) })];
    const gone = aResourceClaim({
      allocation: [
        { request: "gpu", driver: "old.example.com", pool: "p", device: "d", adminAccess: false, shareId: null },
      ],
      reservedFor: [],
    });
    const events = [anEvent({ reason: "FailedPrepareDynamicResources", type: "Warning" })];
    const keys = judge(check, aSnapshot({ ...inUse, nodes, events, resourceClaims: [gone] })).blockers.map(
      (found) => found.key,
    );
    expect(keys).toEqual(["driver-gone", "claim-idle", "double-offer", "prepare-failed"]);
  });
});

describe("counting devices", () => {
  it("keeps the newest generation, skips admin access and says which are out of reach", () => {
    const slices = [
      aResourceSlice({ poolGeneration: 1, devices: [aDevice({ name: "old" })] }),
      aResourceSlice({
        poolGeneration: 2,
        devices: [
          aDevice(),
          aDevice({ name: "gpu-1" }),
          aDevice({ name: "gpu-2", taints: [{ key: "x", effect: "NoSchedule" }] }),
          aDevice({ name: "gpu-3", taints: [{ key: "x", effect: "None" }] }),
        ],
      }),
    ];
    const result = aResourceClaim().allocation?.[0];
    if (result === undefined) throw new Error("the builder allocates");
    const admin = aResourceClaim({ allocation: [{ ...result, device: "gpu-1", adminAccess: true }] });
    expect(countDevices(slices, [aResourceClaim(), admin])).toMatchObject([
      { totalCount: 4, allocatedCount: 1, unavailableCount: 1, freeCount: 2, isComplete: true },
    ]);
  });
  it("gives no free count where devices overlap, and marks incomplete pools", () => {
    const slice = aResourceSlice({ poolSliceCount: 2, devices: [aDevice({ consumesCounters: true })] });
    expect(countDevices([slice], [])).toMatchObject([{ freeCount: null, hasPartitions: true, isComplete: false }]);
  });
});
