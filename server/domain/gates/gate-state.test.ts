import { describe, expect, it } from "vitest";
import { aComponent, aNode, aSnapshot, aVersion } from "../../testing/builders/index.ts";
import type { ComponentReading } from "../snapshot.ts";
import { managedService } from "./component-groups.ts";
import { encodeMatrix } from "./encoded-matrix.ts";
import { findFleetDrift, listGateChanges } from "./gate-compare.ts";
import { evaluateGates } from "./gate-state.ts";

function row(components: ComponentReading[], gate: string, minor = "1.34", target: string | null = null) {
  const nodes = [aNode({ name: "node-a" })];
  const matrix = evaluateGates(aSnapshot({ components, nodes, version: aVersion(minor) }), target);
  const found = matrix.rows.find((entry) => entry.gate === gate);
  if (found === undefined) throw new Error(`${gate} has no row`);
  return { ...found, matrix, cell: (key: string) => found.cells.find((cell) => cell.group.startsWith(key)) };
}

describe("the gate matrix", () => {
  it("takes what a component says, with stage, default and source", () => {
    const { cell } = row([aComponent("kube-apiserver", { MutatingAdmissionPolicy: true })], "MutatingAdmissionPolicy");
    expect(cell("kube-apiserver")).toMatchObject({
      state: "on",
      isOnByDefault: false,
      stage: "Beta",
      isLocked: false,
      source: "component-metrics",
      isInferred: false,
      explicit: { how: "inferred", isOn: true },
    });
  });

  it("marks a gate as set where flags show it", () => {
    const explicit = new Map([["KubeletPSI", true]]);
    const { cell, isSetExplicitly, differsFromDefault } = row(
      [aComponent("kubelet", { KubeletPSI: true }, { explicit, explicitSource: "configz" })],
      "KubeletPSI",
    );
    expect(cell("kubelet")).toMatchObject({ explicit: { how: "visible", isOn: true, source: "configz" } });
    expect({ isSetExplicitly, differsFromDefault }).toEqual({ isSetExplicitly: true, differsFromDefault: false });
  });

  it("reads absence from a full list as removed or not known", () => {
    const apiServer = aComponent("kube-apiserver", { WatchList: true }, { version: "1.37.1" });
    expect(row([apiServer], "SidecarContainers", "1.37").cell("kube-apiserver")).toMatchObject({
      state: "removed-always-on",
      isInferred: false,
    });
    const old = aComponent("kube-apiserver", { WatchList: true }, { version: "1.31.14" });
    const cells = row([old, aComponent("kubelet", { KubeletPSI: true })], "KubeletPSI", "1.31");
    expect(cells.cell("kube-apiserver")?.state).toBe("not-known");
  });

  it("infers only what the version settles when nothing could be read", () => {
    const components = [aComponent("kubelet", null)];
    expect(row(components, "NodeSwap").cell("kubelet")).toMatchObject({
      state: "on",
      isInferred: true,
      source: "catalogue",
    });
    expect(row(components, "KubeletPSI").cell("kubelet")).toMatchObject({ state: "unknown", reason: "unreachable" });
    expect(row(components, "DRAConsumableCapacity").cell("kube-scheduler")).toMatchObject({ state: "unknown" });
  });

  it("trusts defaults where every argument is visible, whole stages included", () => {
    const seen = (explicit: [string, boolean][]) =>
      aComponent("kube-apiserver", null, { explicit: new Map(explicit), explicitSource: "mirror-pod-args" });
    expect(row([seen([])], "WatchList").cell("kube-apiserver")).toMatchObject({
      state: "on",
      isInferred: true,
      source: "mirror-pod-args",
      explicit: { how: "no" },
    });
    expect(row([seen([["AllBeta", false]])], "WatchList").cell("kube-apiserver")?.state).toBe("off");
    expect(row([seen([["WatchList", false]])], "WatchList").cell("kube-apiserver")).toMatchObject({
      state: "off",
      isInferred: false,
    });
  });

  it("calls a hidden control plane not exposed on a managed service and not configured elsewhere", () => {
    const of = (gitVersion: string) =>
      evaluateGates(aSnapshot({ components: [], version: { gitVersion, minor: "1.34", platform: "" } })).groups.find(
        (group) => group.component === "kube-scheduler",
      )?.reason;
    expect(of("v1.34.9-eks-1a2b")).toBe("not-exposed");
    expect(of("v1.34.9")).toBe("not-configured");
    const unseen = aComponent("kube-scheduler", null, {
      instance: "",
      version: null,
      unread: { reason: "not-configured", detail: "no endpoint is configured and no pod of it is visible" },
    });
    const found = evaluateGates(
      aSnapshot({
        components: [unseen],
        version: { gitVersion: "v1.34.9-gke.1829001", minor: "1.34", platform: "" },
      }),
    ).groups.filter((group) => group.component === "kube-scheduler");
    expect(found).toMatchObject([{ reason: "not-exposed", instanceCount: 0, isRead: false }]);
  });

  it.each([
    ["v1.34.9-eks-1a2b", "aws", false, "eks"],
    ["v1.34.1-gke.1829001", "gcp", false, "gke"],
    ["v1.34.9", "azure", false, "aks"],
    ["v1.34.9", "azure", true, null],
    ["v1.34.9", "aws", false, null],
  ])("takes %s on %s for the right service", (gitVersion, provider, isControlPlane, service) => {
    expect(managedService(gitVersion, provider, [aNode({ isControlPlane })])).toBe(service);
  });

  it("keeps the reason when the whole part is missing", () => {
    const matrix = evaluateGates(aSnapshot({}, { components: "forbidden" }));
    const psi = matrix.rows.find((entry) => entry.gate === "KubeletPSI");
    expect(psi?.cells.find((cell) => cell.group.startsWith("kube-apiserver"))).toMatchObject({ reason: "forbidden" });
  });

  it("shows gates that the catalogue does not know as met", () => {
    const found = row(
      [aComponent("kube-apiserver", { RouteExternalCertificate: [true, "BETA"] })],
      "RouteExternalCertificate",
    );
    expect(found).toMatchObject({ isInCatalogue: false, kep: null });
    expect(found.cell("kube-apiserver")).toMatchObject({ state: "on", stage: "Beta", isOnByDefault: null });
  });

  it("says which gates vanish by the target", () => {
    const components = [aComponent("kube-apiserver", { AuthorizeWithSelectors: [true, "GA"], WatchList: true })];
    expect(row(components, "AuthorizeWithSelectors", "1.34", "1.37").vanishesByTarget).toBe(true);
    expect(row(components, "AuthorizeWithSelectors", "1.34", "1.36").vanishesByTarget).toBe(false);
    expect(row(components, "WatchList", "1.34", "1.37").vanishesByTarget).toBe(false);
    expect(row(components, "WatchList", "1.34").vanishesByTarget).toBeNull();
  });
});

describe("groups of equal kubelets", () => {
  const nodes = Array.from({ length: 600 }, (_, at) =>
    aNode({ name: `n-${at}`, pool: at < 500 ? "general" : "gpu", kubeletVersion: at === 7 ? "v1.33.4" : "v1.34.9" }),
  );
  const gates = { KubeletPSI: true, NodeSwap: true };
  const readings = nodes.slice(0, 590).map((node) =>
    aComponent("kubelet", node.name === "n-9" ? { ...gates, KubeletPSI: false } : gates, {
      instance: node.name,
      version: node.kubeletVersion,
    }),
  );

  it("folds them by pool, version and gates, and counts every node once", () => {
    const kubelets = evaluateGates(aSnapshot({ nodes, components: readings })).groups.filter(
      (group) => group.component === "kubelet",
    );
    expect(kubelets.map((group) => group.label).sort()).toEqual([
      "general · 1.33.4 · 1 node",
      "general · 1.34.9 · 1 node",
      "general · 1.34.9 · 498 nodes",
      "gpu · 1.34.9 · 10 nodes",
      "gpu · 1.34.9 · 90 nodes",
    ]);
    expect(kubelets.reduce((sum, group) => sum + group.instanceCount, 0)).toBe(600);
    expect(kubelets[0]?.key).toBe("kubelet:general:1.34.9");
    expect(new Set(kubelets.map((group) => group.key)).size).toBe(kubelets.length);
  });

  it("tells drift by setting from drift by version", () => {
    const matrix = evaluateGates(aSnapshot({ nodes, components: readings }));
    const psi = matrix.rows.find((entry) => entry.gate === "KubeletPSI");
    expect(psi?.drift).toMatchObject([{ kind: "node-group", cause: "setting" }]);
    const lagging = [
      aComponent("kubelet", { KubeletPSI: true }, { instance: "n-1", version: "1.34.9" }),
      aComponent("kubelet", { KubeletPSI: false }, { instance: "n-7", version: "1.33.4" }),
    ];
    const two = evaluateGates(
      aSnapshot({ nodes: nodes.filter((n) => ["n-1", "n-7"].includes(n.name)), components: lagging }),
    );
    expect(two.rows.find((entry) => entry.gate === "KubeletPSI")?.drift).toMatchObject([
      { kind: "node-group", cause: "version" },
    ]);
  });
});

describe("drift between components and clusters", () => {
  it("ignores components that do not consult the gate", () => {
    const components = [
      aComponent("kube-apiserver", { KubeletPSI: false }),
      aComponent("kubelet", { KubeletPSI: true }),
    ];
    expect(row(components, "KubeletPSI").drift).toEqual([]);
  });
  it("names components that disagree", () => {
    const gate = "VolumeAttributesClass";
    const components = [
      aComponent("kube-apiserver", { [gate]: [true, "GA"] }),
      aComponent("kube-scheduler", { [gate]: [false, "GA"] }),
    ];
    expect(row(components, gate).drift).toMatchObject([
      { kind: "component", cause: "setting", on: ["kube-apiserver"], off: ["kube-scheduler"] },
    ]);
  });

  const cluster = (minor: string, isOn: boolean) =>
    evaluateGates(
      aSnapshot({
        version: aVersion(minor),
        components: [aComponent("kube-apiserver", { MutatingAdmissionPolicy: isOn }, { version: `${minor}.2` })],
      }),
    );
  it("tells clusters of one minor from clusters of different minors", () => {
    const of = (matrices: [string, ReturnType<typeof cluster>][]) =>
      findFleetDrift(matrices.map(([name, matrix]) => ({ cluster: name, matrix: encodeMatrix(matrix) }))).find(
        (entry) => entry.gate === "MutatingAdmissionPolicy",
      );
    expect(
      of([
        ["a", cluster("1.34", true)],
        ["b", cluster("1.34", false)],
      ]),
    ).toMatchObject({
      on: ["a"],
      off: ["b"],
      isWithinOneMinor: true,
    });
    expect(
      of([
        ["a", cluster("1.36", true)],
        ["b", cluster("1.34", false)],
      ])?.isWithinOneMinor,
    ).toBe(false);
    expect(
      of([
        ["a", cluster("1.34", true)],
        ["b", cluster("1.34", true)],
      ]),
    ).toBeUndefined();
  });
  it("lists what changed between two readings and why, and takes silence for no change", () => {
    const changes = (from: ReturnType<typeof cluster>, to: ReturnType<typeof cluster>) =>
      listGateChanges(from, to).filter((change) => change.gate === "MutatingAdmissionPolicy");
    expect(changes(cluster("1.34", false), cluster("1.34", true))).toMatchObject([
      { before: ["off"], after: ["on"], cause: "setting", component: "kube-apiserver" },
    ]);
    expect(changes(cluster("1.34", false), cluster("1.36", true))).toMatchObject([{ cause: "version" }]);
    const silent = evaluateGates(aSnapshot({ components: [aComponent("kube-apiserver", null)] }));
    expect(changes(cluster("1.34", true), silent)).toEqual([]);
  });
});
