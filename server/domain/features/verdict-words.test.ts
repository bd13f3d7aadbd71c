import { describe, expect, it } from "vitest";
import { aSnapshot, aVersion, componentsAt } from "../../testing/builders/index.ts";
import { aLargeSnapshot } from "../../testing/builders/large-snapshot.ts";
import { GATES } from "../gates/catalogue.ts";
import type { ClusterSnapshot, ComponentReading } from "../snapshot.ts";
import { evaluateFeatures } from "./evaluate-features.ts";
import { VERDICTS } from "./types.ts";

const ALL_OFF = Object.fromEntries(GATES.map((gate) => [gate.name, false]));
const at = (minor: string): ClusterSnapshot => aSnapshot({ version: aVersion(minor) });

/** The API server as it comes, the controller manager and one kubelet with every gate off. */
function halfOff(minor: string): readonly ComponentReading[] {
  const off = componentsAt(minor, ALL_OFF);
  return componentsAt(minor).map((reading, index) =>
    reading.component === "kube-controller-manager" || reading.instance === "node-b"
      ? (off[index] ?? reading)
      : reading,
  );
}

const CLUSTERS: Readonly<Record<string, ClusterSnapshot>> = {
  old: at("1.30"),
  aging: at("1.31"),
  plain: at("1.34"),
  new: at("1.37"),
  busy: aLargeSnapshot(12, 5),
  off: aSnapshot({ version: aVersion("1.33"), components: componentsAt("1.33", ALL_OFF) }),
  half: aSnapshot({ version: aVersion("1.33"), components: halfOff("1.33") }),
  hidden: aSnapshot({}, { components: "not-exposed", kubelets: "not-exposed", apiResources: "not-exposed" }),
  refused: aSnapshot({}, Object.fromEntries(Object.keys(at("1.34").parts).map((part) => [part, "forbidden"]))),
};

describe("the words of each feature on fixture clusters", () => {
  const words = new Map<string, string[]>();
  for (const snapshot of Object.values(CLUSTERS)) {
    for (const { feature, verdict } of evaluateFeatures(snapshot, { only: "named" })) {
      const own = words.get(feature);
      if (own === undefined) words.set(feature, [verdict]);
      else own.push(verdict);
    }
  }

  it("are these", () => {
    const head = ["feature", ...Object.keys(CLUSTERS)].join(" | ");
    const table = [head, ...[...words].map(([feature, own]) => [feature, ...own].join(" | "))];
    expect(`\n${table.join("\n")}\n`).toMatchInlineSnapshot(`
      "
      feature | old | aging | plain | new | busy | off | half | hidden | refused
      dynamic-resource-allocation | off | off | blocked | blocked | drift | off | off | not-exposed | unknown
      node-swap | not-exposed | not-exposed | blocked | blocked | in-use | off | drift | blocked | unknown
      pressure-stall-information | not-available | not-available | effective | effective | drift | off | off | not-exposed | unknown
      traffic-distribution | off | not-applicable | not-applicable | not-applicable | effective | off | drift | not-applicable | unknown
      in-place-pod-resize | off | off | not-applicable | not-applicable | ready-unused | off | drift | not-exposed | unknown
      autoscaling-on-pressure | blocked | blocked | blocked | blocked | blocked | blocked | blocked | blocked | unknown
      native-sidecars | not-applicable | not-applicable | not-applicable | not-applicable | ready-unused | off | drift | not-applicable | unknown
      mutating-admission-policy | not-available | not-available | off | not-applicable | off | off | off | not-exposed | unknown
      authorize-with-selectors | not-available | off | always-on | always-on | always-on | off | unknown | always-on | unknown
      service-account-image-pull-tokens | not-available | not-available | blocked | blocked | drift | off | off | not-exposed | unknown
      anonymous-auth | not-available | off | effective | effective | effective | off | effective | effective | unknown
      app-armor-fields | not-applicable | not-applicable | not-applicable | not-applicable | not-applicable | not-applicable | not-applicable | not-applicable | unknown
      volume-attributes-class | off | off | blocked | blocked | blocked | off | off | not-exposed | unknown
      pv-last-phase-transition | in-use | always-on | always-on | always-on | always-on | always-on | always-on | always-on | unknown
      job-pod-failure-policy | not-applicable | not-applicable | not-applicable | not-applicable | not-applicable | not-applicable | not-applicable | not-applicable | unknown
      job-backoff-limit-per-index | not-applicable | not-applicable | not-applicable | not-applicable | not-applicable | off | drift | not-applicable | unknown
      job-success-policy | off | not-applicable | not-applicable | not-applicable | not-applicable | off | drift | not-applicable | unknown
      job-pod-replacement-policy | not-applicable | not-applicable | not-applicable | not-applicable | not-applicable | off | drift | not-applicable | unknown
      cgroup-v2 | effective | effective | effective | effective | effective | effective | effective | not-exposed | unknown
      memory-qos | off | off | off | in-use | off | off | off | not-exposed | unknown
      cpu-burst | not-available | not-available | not-available | not-available | not-available | not-available | not-available | not-available | not-available
      "
    `);
  });

  it("hold every word that a verdict can be", () => {
    const seen = new Set([...words.values()].flat());
    expect(VERDICTS.filter((verdict) => !seen.has(verdict))).toEqual([]);
  });
});
