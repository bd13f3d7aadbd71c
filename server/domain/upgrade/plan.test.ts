import { describe, expect, it } from "vitest";
import {
  aComponent,
  aDisruptionBudget,
  aKubelet,
  aNode,
  anApiResource,
  aPod,
  aSnapshot,
  aTemplate,
  aVersion,
  aWorkload,
  componentsAt,
  type PartValues,
  servedByDefault,
  TEST_NOW,
  type UnknownParts,
} from "../../testing/builders/index.ts";
import { aContainer } from "../../testing/builders/objects.ts";
import { evaluateFeatures } from "../features/evaluate-features.ts";
import { LANGUAGES } from "../features/types.ts";
import { evaluateGates } from "../gates/gate-state.ts";
import { toChecklistCsv, toChecklistMarkdown } from "./checklist.ts";
import { nextMinor, planUpgrade } from "./plan.ts";
import { supportOf } from "./releases.ts";
import { REMOVED_APIS, resourceOf } from "./removed-apis.ts";
import { toUpgradeFacts } from "./upgrade-facts.ts";
import type { UpgradePlan } from "./upgrade-types.ts";
import { sayUpgrade, UPGRADE_KEYS } from "./words.ts";

/** Plans, and insists that everything said has words in both languages. */
function plan(parts: PartValues, target: string, unknown: UnknownParts = {}): UpgradePlan {
  // Settings are visible by default, as on a cluster whose flags and configz were read.
  const components = (parts.components ?? componentsAt(parts.version?.minor ?? "1.34", {}, parts.nodes)).map(
    (reading) =>
      reading.explicit === null
        ? { ...reading, explicit: new Map<string, boolean>(), explicitSource: "flagz" as const }
        : reading,
  );
  const snapshot = aSnapshot({ ...parts, components }, unknown);
  const features = evaluateFeatures(snapshot, { only: "named" });
  const made = planUpgrade({
    facts: toUpgradeFacts(snapshot),
    gateStates: evaluateGates(snapshot, target),
    target,
    now: TEST_NOW,
    features,
  });
  const keys = [
    ...made.items.flatMap(
      (item) =>
        [
          [item.key, item.params],
          [`${item.key}.fix`, item.params],
        ] as const,
    ),
    ...made.steps.flatMap((step) => step.actions.map((action) => [action.key, action.params] as const)),
    ...made.cannotRollBack.map((key) => [key, {}] as const),
    ...made.effort.parts.map((part) => [part.key, {}] as const),
  ];
  for (const [key, params] of keys) {
    for (const lang of LANGUAGES) {
      expect(sayUpgrade(key, params, lang), `${key} ${lang}`).not.toBeNull();
      expect(sayUpgrade(key, params, lang), key).not.toMatch(/\{\w+\}/);
    }
  }
  return made;
}
const keysOf = (made: UpgradePlan, severity: string) =>
  made.items.filter((item) => item.severity === severity).map((item) => item.key);

describe("the upgrade planner", () => {
  const healthy = { version: aVersion("1.35"), nodes: [aNode({ name: "node-a", kubeletVersion: "1.35.6" })] };
  it("knows no blockers on a healthy cluster", () => {
    const made = plan(healthy, "1.36");
    expect(made.items.filter((item) => item.severity !== "info")).toEqual([]);
    expect(made).toMatchObject({
      verdict: "no-known-blockers",
      from: "1.35",
      coverage: { read: 8, of: 8, missing: [] },
    });
  });

  it("names who wrote through an API that is used, and leaves the verdict alone", () => {
    const api = { group: "storage.k8s.io", version: "v1beta1", resource: "volumeattributesclasses" };
    const parts = {
      ...healthy,
      deprecatedApiUse: [{ ...api, subresource: "", removedRelease: "1.37", requestCount: 12 }],
      apiWriters: [
        { ...api, manager: "kubectl-client-side-apply", objectCount: 1, lastWrittenAt: null },
        { ...api, manager: "argocd-controller", objectCount: 4, lastWrittenAt: TEST_NOW },
        { ...api, version: "v1alpha1", manager: "somebody-else", objectCount: 9, lastWrittenAt: null },
      ],
    };
    const made = plan(parts, "1.37");
    expect(keysOf(made, "blocker")).toEqual(["api-used-removed"]);
    expect(made.items.find(({ key }) => key === "api-used-removed")?.count).toBe(1);
    const written = made.items.find(({ key }) => key === "api-written-by");
    expect(written).toMatchObject({
      severity: "info",
      params: { api: "storage.k8s.io/v1beta1 volumeattributesclasses", managers: expect.stringMatching(/^argocd/) },
    });
    expect(written?.evidence.map(({ subject }) => subject)).toEqual([
      "manager/argocd-controller",
      "manager/kubectl-client-side-apply",
    ]);
    expect(keysOf(plan({ ...parts, apiWriters: [] }, "1.37"), "info")).not.toContain("api-written-by");
  });

  it("asks nobody to look at components of the control plane that the provider sets and upgrades", () => {
    const components = componentsAt("1.35", {}, healthy.nodes).filter(
      ({ component }) => component !== "kube-controller-manager" && component !== "kube-scheduler",
    );
    const at = (gitVersion: string) =>
      plan(
        {
          ...healthy,
          version: { gitVersion, minor: "1.35", platform: "linux/amd64" },
          components,
        },
        "1.36",
      );
    const own = at("v1.35.6");
    expect(keysOf(own, "review")).toEqual(["gate-settings-hidden"]);
    expect(own.items.find(({ key }) => key === "gate-settings-hidden")?.count).toBe(2);
    expect(at("v1.35.6-gke.1043000").verdict).toBe("no-known-blockers");
  });

  it("goes in steps of one minor, control plane first", () => {
    const made = plan(healthy, "1.37");
    expect(made.verdict).toBe("no-known-blockers");
    expect(made.gates).toContainEqual(
      expect.objectContaining({
        gate: "PreventStaticPodAPIReferences",
        atMinor: "1.37",
        change: "vanishes-always-on",
      }),
    );
    expect(made.steps.map((step) => step.minor)).toEqual(["1.36", "1.37"]);
    const actions = made.steps[0]?.actions.map((action) => action.key) ?? [];
    expect(actions.indexOf("upgrade-control-plane")).toBeLessThan(actions.indexOf("upgrade-nodes"));
    expect(actions[0]).toBe("backup-etcd");
  });

  it("is blocked by a set gate that vanishes, and names who sets it", () => {
    const [server, ...others] = componentsAt("1.34");
    if (server === undefined) throw new Error("no server");
    const components = [
      {
        ...server,
        explicit: new Map([["ServiceTrafficDistribution", true]]),
        explicitSource: "mirror-pod-args" as const,
      },
      ...others,
    ];
    const made = plan({ components }, "1.36");
    expect(made.verdict).toBe("blocked");
    expect(made.items[0]).toMatchObject({
      key: "gate-set-removed",
      atMinor: "1.36",
      params: { gate: "ServiceTrafficDistribution" },
      evidence: [{ subject: "kube-apiserver · 1.34.9 · 1 instance", observed: "set to true in mirror-pod-args" }],
    });
    expect(keysOf(plan({ components }, "1.35"), "blocker")).toEqual([]);
  });

  it("is blocked by a gate set against its lock, also where only its value shows it", () => {
    const components = componentsAt("1.33", { NodeSwap: false });
    expect(plan({ version: aVersion("1.33"), components }, "1.34").items[0]).toMatchObject({
      key: "gate-set-locked",
      params: { gate: "NodeSwap", value: "true" },
    });
    const agreeing = componentsAt("1.33").map((reading) => ({
      ...reading,
      explicit: new Map([["NodeSwap", true]]),
      explicitSource: "configz" as const,
    }));
    expect(keysOf(plan({ version: aVersion("1.33"), components: agreeing }, "1.34"), "blocker")).toEqual([]);
  });

  it("is blocked by a gate whose dependency is off, from 1.35 on", () => {
    const components = [
      aComponent(
        "kube-apiserver",
        { ClusterTrustBundleProjection: true },
        { explicit: new Map([["ClusterTrustBundleProjection", true]]), explicitSource: "flagz" },
      ),
    ];
    expect(keysOf(plan({ components }, "1.35"), "blocker")).toContain("gate-needs-gates");
  });

  it("asks to look at vendors' gates and at components whose settings are hidden", () => {
    const components = [
      aComponent(
        "kube-apiserver",
        { VendorGate: true },
        { explicit: new Map([["VendorGate", true]]), explicitSource: "flagz" },
      ),
    ];
    expect(keysOf(plan({ components }, "1.35"), "review")).toContain("gate-not-in-catalogue");
    const snapshot = aSnapshot();
    const made = planUpgrade({
      facts: toUpgradeFacts(snapshot),
      gateStates: evaluateGates(snapshot),
      target: "1.35",
      now: TEST_NOW,
    });
    expect(keysOf(made, "review")).toContain("gate-settings-hidden");
  });

  it("is blocked by requests to an API that the target drops, with its count", () => {
    const use = {
      group: "storage.k8s.io",
      version: "v1beta1",
      resource: "volumeattributesclasses",
      subresource: "",
      removedRelease: "1.37",
      requestCount: 12,
    };
    const made = plan({ deprecatedApiUse: [use] }, "1.37");
    expect(made.items.find((item) => item.key === "api-used-removed")).toMatchObject({
      severity: "blocker",
      atMinor: "1.37",
      evidence: [{ observed: "12 requests" }],
    });
    expect(plan({ deprecatedApiUse: [use] }, "1.36").items.find((item) => item.kind === "api")).toMatchObject({
      key: "api-used-replaced",
      severity: "info",
    });
    const endless = { ...use, group: "", version: "v1", resource: "endpoints", removedRelease: "" };
    const kept = plan({ deprecatedApiUse: [endless] }, "1.37").items.find((item) => item.kind === "api");
    expect(kept).toMatchObject({ key: "api-used-no-end", severity: "info" });
    expect(sayUpgrade("api-used-no-end", kept?.params ?? {}, "en")).toMatch(/^core\/v1 endpoints is requested/);
    expect(sayUpgrade("api-used-removed", { api: "x", removedIn: "1.37", instead: "v1" }, "en")).toContain(
      "does not name them",
    );
    const served = [...servedByDefault(), anApiResource("storage.k8s.io", "v1beta1", "volumeattributesclasses")];
    expect(keysOf(plan({ apiResources: served }, "1.37"), "review")).toContain("api-served-removed");
    expect(keysOf(plan({ apiResources: served, deprecatedApiUse: [use] }, "1.37"), "review")).not.toContain(
      "api-served-removed",
    );
  });

  it("keeps version skew: kubelets that trail block the step they cannot follow", () => {
    const nodes = [aNode({ name: "a" }), aNode({ name: "old", kubeletVersion: "1.33.4" })];
    const kubelets = [aKubelet({ nodeName: "a" }), aKubelet({ nodeName: "old" })];
    expect(keysOf(plan({ nodes, kubelets }, "1.36"), "review")).toContain("kubelet-lags");
    const made = plan({ nodes, kubelets }, "1.37");
    expect(made.items.find((item) => item.key === "kubelet-too-old")).toMatchObject({
      atMinor: "1.37",
      evidence: [{ subject: "node/old" }],
    });
    expect(keysOf(plan({ nodes: [aNode({ kubeletVersion: "1.35.1" })] }, "1.36"), "blocker")).toContain(
      "kubelet-newer",
    );
    const proxy = aWorkload({
      kind: "DaemonSet",
      namespace: "kube-system",
      name: "kube-proxy",
      template: aTemplate({ containers: [aContainer({ image: "registry.k8s.io/kube-proxy:v1.30.2" })] }),
    });
    expect(
      plan({ workloads: [proxy] }, "1.35").items.find((item) => item.key === "component-skew")?.evidence,
    ).toMatchObject([{ observed: "kube-proxy 1.30.2" }]);
    const scheduler = aComponent("kube-scheduler", {}, { version: "1.32.1" });
    expect(keysOf(plan({ components: [...componentsAt("1.34"), scheduler] }, "1.35"), "blocker")).toContain(
      "component-skew",
    );
  });

  it("is blocked by cgroup v1 only where the way crosses 1.35, and unknown where nodes do not tell", () => {
    const nodes = [aNode({ name: "node-a", kernelVersion: "4.18.0" })];
    const v1 = { nodes, kubelets: [aKubelet({ cgroupVersion: 1 })] };
    expect(keysOf(plan(v1, "1.35"), "blocker")).toEqual(["cgroup-v1"]);
    expect(
      keysOf(
        plan(
          { ...v1, version: aVersion("1.33"), nodes: [aNode({ name: "node-a", kubeletVersion: "1.33.1" })] },
          "1.34",
        ),
        "blocker",
      ),
    ).toEqual([]);
    const made = plan({ nodes, kubelets: [aKubelet({ cgroupVersion: null })] }, "1.35");
    expect(made.verdict).toBe("unknown");
    expect(keysOf(made, "review")).toContain("kernel-old");
  });

  it("is blocked by containerd 1.x at 1.38, which is beyond the catalogue too", () => {
    const nodes = [aNode({ name: "node-a", containerRuntimeVersion: "containerd://1.6.28" })];
    expect(keysOf(plan({ nodes }, "1.37"), "info")).toContain("containerd-1-later");
    const made = plan({ nodes }, "1.38");
    expect(keysOf(made, "blocker")).toContain("containerd-1");
    expect(keysOf(made, "unknown")).toContain("target-beyond-catalogue");
  });

  it("finds old etcd, AppArmor annotations and what stands in a drain's way", () => {
    const etcd = aPod({
      namespace: "kube-system",
      name: "etcd-cp",
      isMirror: true,
      template: aTemplate({ containers: [aContainer({ name: "etcd", image: "registry.k8s.io/etcd:3.5.15-0" })] }),
    });
    const made = plan(
      {
        pods: [etcd, aPod({ owner: null }), aPod({ template: aTemplate({ hasEmptyDir: true }) })],
        workloads: [aWorkload({ template: aTemplate({ appArmorAnnotations: { main: "runtime/default" } }) })],
        podDisruptionBudgets: [
          aDisruptionBudget({ disruptionsAllowed: 0, maxUnavailable: "0" }),
          aDisruptionBudget({ name: "later", disruptionsAllowed: 0, currentHealthy: 2 }),
        ],
      },
      "1.35",
    );
    expect(keysOf(made, "blocker")).toEqual(["budget-never"]);
    expect(keysOf(made, "review").sort()).toEqual([
      "app-armor-annotations",
      "bare-pods",
      "budget-now",
      "etcd-old",
      "support-ended",
    ]);
    expect(keysOf(made, "info")).toContain("empty-dir");
  });

  it("stays unknown, and says why, where a reading that decides is missing", () => {
    const made = plan({}, "1.35", { deprecatedApiUse: "forbidden" });
    expect(made).toMatchObject({
      verdict: "unknown",
      coverage: { read: 7, of: 8, missing: ["deprecatedApiUse: forbidden"] },
    });
    expect(plan({}, "1.35", { version: "unreachable" })).toMatchObject({ verdict: "unknown", from: null, steps: [] });
  });

  it("refuses what is no upgrade", () => {
    expect(plan({}, "1.34")).toMatchObject({ verdict: "blocked", steps: [], items: [{ key: "not-an-upgrade" }] });
    expect(nextMinor("v1.34.9-gke.1")).toBe("1.35");
  });

  it("tells what becomes possible and what changes by itself", () => {
    const made = plan(
      { version: aVersion("1.33"), nodes: [aNode({ name: "node-a", kubeletVersion: "1.33.4" })] },
      "1.36",
    );
    expect(made.possible).toContainEqual(
      expect.objectContaining({ feature: "dynamic-resource-allocation", atMinor: "1.34", change: "on-by-default" }),
    );
    expect(made.possible).toContainEqual(
      expect.objectContaining({ feature: "mutating-admission-policy", atMinor: "1.36", change: "on-by-default" }),
    );
    expect(made.gates).toContainEqual({
      gate: "ServiceTrafficDistribution",
      atMinor: "1.36",
      change: "vanishes-always-on",
      stage: null,
      setBy: [],
    });
  });

  it("says once that a gate turns off, though a later minor locks it", () => {
    const made = plan({ version: aVersion("1.32") }, "1.36");
    expect(made.gates.filter((gate) => gate.gate === "SeparateCacheWatchRPC").map((gate) => gate.change)).toEqual([
      "flips-off",
      "locks-off",
    ]);
    const said = made.items.filter((item) => item.params.gate === "SeparateCacheWatchRPC");
    expect(said).toMatchObject([{ key: "gate-turns-off", atMinor: "1.33" }]);
  });

  it("counts effort openly", () => {
    const { effort } = plan({}, "1.36");
    expect(effort.points).toBe(effort.parts.reduce((sum, part) => sum + part.count * part.pointsEach, 0));
  });
});

describe("the checklist", () => {
  const made = plan({ nodes: [aNode({ name: "=cmd|x", kubeletVersion: "1.35.1" })] }, "1.36");
  it("exports Markdown that names cannot turn into markup, in both languages", () => {
    const text = toChecklistMarkdown(made, "en");
    expect(text).toContain("- [ ] **1.35** 1 kubelet is newer than the API server");
    expect(text).toContain("=cmd\\|x");
    expect(toChecklistMarkdown(made, "zh")).toContain("结论");
  });
  it("lists the steps in both files, and in Markdown what is set, what becomes possible and how long it is supported", () => {
    const [server, ...others] = componentsAt("1.34");
    if (server === undefined) throw new Error("no server");
    const explicit = new Map([["ServiceTrafficDistribution", true]]);
    const components = [{ ...server, explicit, explicitSource: "flagz" as const }, ...others];
    const whole = plan({ components }, "1.36");
    const text = toChecklistMarkdown(whole, "en");
    expect(text).toContain("- [ ] **1.36** ServiceTrafficDistribution: vanishes-always-on (kube-apiserver");
    expect(text).toContain("**1.36** Mutating admission policies (MutatingAdmissionPolicy: on-by-default)");
    expect(text).toContain("Support: 1.34 → 2026-10-27 (upstream) · 1.36 → 2027-06-28 (upstream)");
    const steps = toChecklistCsv(whole, "en")
      .split("\r\n")
      .filter((line) => line.includes('"step"'));
    expect(steps).toHaveLength(whole.steps.reduce((sum, step) => sum + step.actions.length, 0));
  });
  it("exports CSV in which no cell starts a formula", () => {
    const lines = toChecklistCsv({ ...made, cluster: "=HYPERLINK()" }, "en").split("\r\n");
    expect(lines[0]).toContain('"severity"');
    expect(lines[1]?.startsWith(`"'=HYPERLINK()"`)).toBe(true);
  });
});

describe("calendar and lifecycle", () => {
  const on = (day: string) => new Date(`${day}T12:00:00Z`);
  it.each([
    ["1.34", null, "2026-08-01", "supported"],
    ["1.34", null, "2026-10-01", "maintenance"],
    ["1.34", null, "2026-10-28", "ended"],
    ["1.34", "eks", "2026-11-22", "supported"],
    ["1.34", "eks", "2027-01-01", "extended"],
    ["1.34", "aks", "2027-12-01", "ended"],
    ["1.37", "gke", "2026-11-22", "unknown"],
    ["1.40", null, "2026-11-22", "unknown"],
  ] as const)("%s by %s on %s is %s", (minor, service, day, state) => {
    expect(supportOf(minor, service, on(day)).state).toBe(state);
  });
  it("names resources as discovery does", () => {
    expect(["IPAddress", "MutatingAdmissionPolicy", "StorageClass", "Ingress", "Lease"].map(resourceOf)).toEqual([
      "ipaddresses",
      "mutatingadmissionpolicies",
      "storageclasses",
      "ingresses",
      "leases",
    ]);
    expect(REMOVED_APIS.every((api) => /^1\.\d\d$/.test(api.removedIn) && api.version.startsWith("v"))).toBe(true);
  });
  it("pairs every sentence that asks for one with a fix", () => {
    const fixes = UPGRADE_KEYS.filter((key) => key.endsWith(".fix"));
    expect(fixes.length).toBeGreaterThan(30);
    for (const key of fixes) expect(UPGRADE_KEYS).toContain(key.replace(/\.fix$/, ""));
  });
});
