import { describe, expect, it } from "vitest";
import { explainFree, explainWaiting, type Need, needsOfClaim, type OfferedDevice } from "./waiting.ts";

const need: Need = { wants: "gpu.nvidia.com", kind: "class", count: 2 };
const nvidiaClass = {
  name: "gpu.nvidia.com",
  selectorCel: ['device.driver == "gpu.nvidia.com" && device.attributes["gpu.nvidia.com"].type == "gpu"'],
  extendedResourceName: null,
};
const device = (more: Partial<OfferedDevice> = {}): OfferedDevice => ({
  nodeName: "n1",
  profile: null,
  vendor: "nvidia",
  model: "A100",
  access: "dra",
  state: "free",
  ...more,
});

describe("why somebody waits", () => {
  it.each([
    ["a class that does not exist", [], [device()], "class-missing"],
    ["a class whose driver publishes nothing", [nvidiaClass], [device({ vendor: "amd" })], "no-driver"],
    ["devices of a device plugin only", [nvidiaClass], [device({ access: "device-plugin" })], "no-driver"],
    ["too few free devices", [nvidiaClass], [device(), device({ state: "active" })], "too-few-free"],
    ["free devices on different nodes", [nvidiaClass], [device(), device({ nodeName: "n2" })], "scattered"],
    ["enough free devices", [nvidiaClass], [device(), device()], "not-usable"],
  ] as const)("names %s", (_words, classes, devices, cause) => {
    expect(explainWaiting([need], classes, devices)).toMatchObject({ cause, wants: "gpu.nvidia.com" });
  });
  it("does not say that a class is missing when classes could not be read", () => {
    expect(explainWaiting([need], null, [device()]).cause).toBe("unknown");
  });
  it("asks the device plugin for an extended resource", () => {
    const resource: Need = { wants: "nvidia.com/gpu", kind: "resource", count: 1 };
    expect(explainWaiting([resource], [], [device()]).cause).toBe("no-driver");
    expect(explainWaiting([resource], [], [device({ access: "device-plugin" })]).cause).toBe("not-usable");
  });
  it("asks for the size that the resource names", () => {
    const resource: Need = { wants: "nvidia.com/mig-1g.5gb", kind: "resource", count: 1 };
    const plugin = { access: "device-plugin" } as const;
    expect(explainWaiting([resource], [], [device(plugin)]).cause).toBe("no-driver");
    const instance = device({ ...plugin, profile: "1g.5gb" });
    expect(explainWaiting([resource], [], [device(plugin), instance])).toMatchObject({
      cause: "not-usable",
      freeCount: 1,
    });
  });
  it("leaves out requests of administrators, which take no device", () => {
    const request = {
      name: "r",
      deviceClassName: "gpu.nvidia.com",
      allocationMode: null,
      count: null,
      selectorCel: [],
      alternatives: [],
    };
    expect(needsOfClaim({ requests: [{ ...request, adminAccess: true }] })).toEqual([]);
    expect(needsOfClaim({ requests: [{ ...request, adminAccess: false }] })).toEqual([{ ...need, count: 1 }]);
  });
});

describe("why a free device does not help", () => {
  it.each([
    ["nobody waits", [], "nothing-waits"],
    ["the class of those who wait is missing", [{ needs: [need], cause: "class-missing" }], "wrong-class"],
    [
      "they wait through the device plugin",
      [{ needs: [{ ...need, kind: "resource" }], cause: "too-few-free" }],
      "wrong-access",
    ],
    [
      "they ask for an instance of a cut card",
      [{ needs: [{ ...need, wants: "nvidia.com/mig-1g.5gb", kind: "resource" }], cause: "no-driver" }],
      "wrong-access",
    ],
    ["it fits somebody", [{ needs: [need], cause: "too-few-free" }], "could-serve"],
  ] as const)("when %s", (_words, waiting, reason) => {
    expect(explainFree(device(), waiting)).toBe(reason);
  });
  it("when another size is asked for", () => {
    const waiting = [
      { needs: [{ wants: "nvidia.com/gpu", kind: "resource" as const, count: 1 }], cause: "too-few-free" as const },
    ];
    const instance = device({ access: "device-plugin", profile: "2g.10gb" });
    expect(explainFree(instance, waiting)).toBe("wrong-size");
    expect(explainFree(device({ access: "device-plugin" }), waiting)).toBe("could-serve");
  });
});
