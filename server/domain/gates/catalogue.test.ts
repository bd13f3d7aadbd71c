import { describe, expect, it } from "vitest";
import { consults, findGate, GATES, gateAt, NEWEST_MINOR, plannedRemovals } from "./catalogue.ts";
import { isKernelAtLeast, minorIndex, minorOf } from "./version.ts";

function gate(name: string) {
  const found = findGate(name);
  if (found === null) throw new Error(`${name} is missing`);
  return found;
}

describe("the gate catalogue", () => {
  it.each([
    ["NodeSwap", "1.33", { status: "known", stage: "Beta", isOnByDefault: true, isLocked: false }],
    ["NodeSwap", "1.34.9", { status: "known", stage: "GA", isOnByDefault: true, isLocked: true }],
    ["KubeletPSI", "1.32", { status: "not-yet" }],
    ["SidecarContainers", "1.37", { status: "removed-always-on" }],
    ["LegacySidecarContainers", "1.34", { status: "removed-gone" }],
    ["VolumeAttributesClass", "1.31", { status: "known", stage: "Beta", isOnByDefault: false }],
    ["GitRepoVolumeDriver", "1.36", { status: "known", isOnByDefault: false, isLocked: true }],
    ["MutatingAdmissionPolicy", "1.38", { status: "beyond" }],
    ["SidecarContainers", "1.38", { status: "removed-always-on" }],
    ["MutatingAdmissionPolicy", "unreadable", { status: "beyond" }],
  ])("says what %s is at %s", (name, version, expected) => {
    expect(gateAt(gate(name), version)).toMatchObject(expected);
  });

  it("knows defaults that changed between patches", () => {
    expect(gateAt(gate("MaxUnavailableStatefulSet"), "1.35.3")).toMatchObject({ isOnByDefault: true });
    expect(gateAt(gate("MaxUnavailableStatefulSet"), "1.35.4")).toMatchObject({ isOnByDefault: false });
    expect(gateAt(gate("DisableNodeKubeProxyVersion"), "1.31.0")).toMatchObject({ isOnByDefault: true });
    expect(gateAt(gate("DisableNodeKubeProxyVersion"), "1.31.1")).toMatchObject({ isOnByDefault: false });
  });

  it("agrees with the published removals of 1.36", () => {
    const gone = GATES.filter((entry) => entry.removedIn === "1.36").map((entry) => entry.name);
    expect(gone.sort()).toEqual(
      [
        "CSIMigrationPortworx",
        "HonorPVReclaimPolicy",
        "InPlacePodVerticalScalingAllocatedStatus",
        "InTreePluginPortworxUnregister",
        "MemoryManager",
        "ServiceTrafficDistribution",
        "StructuredAuthorizationConfiguration",
        "TopologyAwareHints",
        "WatchFromStorageWithoutResourceVersion",
      ].sort(),
    );
  });

  it("is whole: unique names, ascending histories, dependencies that exist", () => {
    expect(new Set(GATES.map((entry) => entry.name)).size).toBe(GATES.length);
    expect(GATES.length).toBe(333);
    for (const entry of GATES) {
      const minors = entry.history.map((row) => minorIndex(row.minor) ?? Number.NaN);
      expect(minors, entry.name).toEqual([...minors].sort((a, b) => a - b));
      for (const other of entry.dependsOn) expect(findGate(other), `${entry.name} → ${other}`).not.toBeNull();
    }
    expect(NEWEST_MINOR).toBe("1.37");
    expect(plannedRemovals("1.38")).toContain("DynamicResourceAllocation");
  });

  it("counts library gates and gates without established consumers for every component", () => {
    expect(consults(gate("NodeSwap"), "kubelet")).toBe(true);
    expect(consults(gate("NodeSwap"), "kube-apiserver")).toBe(false);
    expect(consults(gate("WatchListClient"), "kube-scheduler")).toBe(true);
  });
});

describe("versions", () => {
  it("reads vendor suffixes and refuses other text", () => {
    expect(minorOf("v1.34.9-gke.100")).toBe("1.34");
    expect(minorOf("1.34+")).toBe("1.34");
    expect(minorOf("main")).toBeNull();
    expect(isKernelAtLeast("4.18.0-553.el8.x86_64", "6.4")).toBe(false);
    expect(isKernelAtLeast("6.12.48", "6.4")).toBe(true);
    expect(isKernelAtLeast("?", "6.4")).toBeNull();
  });
});
