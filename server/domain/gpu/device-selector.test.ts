import { describe, expect, it } from "vitest";
import { celErrorOf, compileSelector, driverOf } from "./device-selector.ts";

const a100 = {
  driver: "gpu.nvidia.com",
  attributes: {
    type: "gpu",
    productName: "NVIDIA A100-SXM4-40GB",
    index: 3,
    "resource.kubernetes.io/pcieRoot": "pci0",
  },
  capacity: { memory: 40 * 2 ** 30 },
};

describe("a selector of devices", () => {
  it.each([
    ['device.driver == "gpu.nvidia.com"', true],
    ['device.driver == "gpu.amd.com"', false],
    ['device.attributes["gpu.nvidia.com"].type == "mig"', false],
    ['device.attributes["gpu.nvidia.com"].index == 3', true],
    ['device.attributes["resource.kubernetes.io"].pcieRoot == "pci0"', true],
    ['device.attributes["gpu.nvidia.com"].productName.matches("^NVIDIA[- ]A100")', true],
    ['device.capacity["gpu.nvidia.com"].memory.compareTo(quantity("40Gi")) >= 0', true],
    ['device.capacity["gpu.nvidia.com"].memory.isGreaterThan(quantity("40Gi"))', false],
    // An attribute that a device does not publish is an error in the scheduler, not a "no".
    ['device.attributes["gpu.nvidia.com"].profile == "1g.5gb"', null],
    ['device.driver == "gpu.amd.com" && device.attributes["gpu.amd.com"].type == "amdgpu"', false],
    ["semver.somethingNew(device)", null],
  ])("%s → %s", (expression, expected) => {
    expect(compileSelector([expression])?.selects(a100)).toBe(expected);
  });
  it("needs all of several", () => {
    const both = ['device.driver == "gpu.nvidia.com"', 'device.attributes["gpu.nvidia.com"].type == "gpu"'];
    expect(compileSelector(both)?.selects(a100)).toBe(true);
    expect(compileSelector([...both, "false"])?.selects(a100)).toBe(false);
  });
  it("says what does not compile", () => {
    expect(celErrorOf('device.driver == "x"')).toBeNull();
    expect(celErrorOf("device.driver = 1")).not.toBeNull();
    expect(compileSelector(["a == (b]"])).toBeNull();
  });
  it("finds the driver that is named", () => {
    expect(driverOf(['device.attributes["a"].b == "c"', "device.driver == 'gpu.amd.com'"])).toBe("gpu.amd.com");
    expect(driverOf(["true"])).toBeNull();
  });
});
