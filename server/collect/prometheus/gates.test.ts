import { describe, expect, it } from "vitest";
import { toComponentReadings, toGateCounts } from "./gates.ts";
import type { InstantSample } from "./parse-answer.ts";

const AT = new Date("2026-11-22T12:00:00Z");
const count = (job: string, name: string, stage: string, on: number, off: number): InstantSample[] => {
  const labels = { job, name, ...(stage === "" ? {} : { stage }) };
  return [
    ...(on > 0 ? [{ labels: { ...labels, gate_value: "1" }, value: on }] : []),
    ...(off > 0 ? [{ labels: { ...labels, gate_value: "0" }, value: off }] : []),
  ];
};
const instance = (job: string, node: string, name: string, stage: string, value: number): InstantSample => ({
  labels: { job, node, instance: `${node}:10250`, name, ...(stage === "" ? {} : { stage }) },
  value,
});
const rowsOf = (gates: InstantSample[], more: Record<string, InstantSample[]> = {}) =>
  new Map(Object.entries({ gates, ...more }));
const nodeOf = ({ node }: Readonly<Record<string, string>>): string | null => node ?? null;

describe("gates of many kubelets", () => {
  // 4 kubelets: all have NodeSwap (GA), one says KubeletPSI off, OldGate is unknown to the two newer ones.
  const counts = toGateCounts(
    rowsOf(
      [
        ...count("kubelet", "NodeSwap", "", 4, 0),
        ...count("kubelet", "KubeletPSI", "BETA", 3, 1),
        ...count("kubelet", "OldGate", "ALPHA", 0, 2),
      ],
      { "is.kubelet": [{ labels: { job: "kubelet" }, value: 4 }] },
    ),
  );
  it("are asked one by one only where they differ, and for one gate that all have", () => {
    expect(counts.namesToAsk).toEqual(["KubeletPSI", "NodeSwap", "OldGate"]);
  });
  it("become one reading per node; a gate that a kubelet does not know is missing, not off", () => {
    const rows = rowsOf([
      ...["a", "b", "c", "d"].map((node) => instance("kubelet", node, "NodeSwap", "", 1)),
      ...["a", "b", "c"].map((node) => instance("kubelet", node, "KubeletPSI", "BETA", 1)),
      instance("kubelet", "d", "KubeletPSI", "BETA", 0),
      ...["a", "b"].map((node) => instance("kubelet", node, "OldGate", "ALPHA", 0)),
    ]);
    const { components, unexplainedCount } = toComponentReadings(counts, rows, nodeOf, AT);
    expect(unexplainedCount).toBe(0);
    const gates = new Map(components.map((one) => [one.instance, Object.fromEntries(one.gates ?? [])]));
    expect(gates.get("a")).toEqual({
      NodeSwap: { isOn: true, stage: "GA" },
      KubeletPSI: { isOn: true, stage: "BETA" },
      OldGate: { isOn: false, stage: "ALPHA" },
    });
    expect(gates.get("c")).not.toHaveProperty("OldGate");
    expect(gates.get("d")).toMatchObject({ KubeletPSI: { isOn: false } });
    expect(components[0]?.gates).toBe(components[1]?.gates); // equal nodes share one map
  });
});

describe("whose gates they are", () => {
  const read = (job: string, signatures: Record<string, InstantSample[]> = {}) => {
    const counts = toGateCounts(rowsOf(count(job, "NodeSwap", "", 1, 0), signatures));
    return toComponentReadings(counts, rowsOf([instance(job, "n", "NodeSwap", "", 1)]), nodeOf, AT);
  };
  it.each([
    ["apiserver", "kube-apiserver"],
    ["kubernetes-api-servers", "kube-apiserver"],
    ["kube-controller-manager", "kube-controller-manager"],
    ["kubernetes-nodes", "kubelet"],
    ["monitoring/kube-proxy", "kube-proxy"],
  ])("is told by the job %s where no signature is there", (job, component) => {
    expect(read(job).components.map((one) => one.component)).toEqual([component]);
  });
  it("a metric that only one component has outranks the name of the job; one process may be several", () => {
    const here = [{ labels: { job: "k3s-server" }, value: 1 }];
    const { components } = read("k3s-server", { "is.kubelet": here, "is.kube-apiserver": here });
    expect(components.map((one) => one.component)).toEqual(["kube-apiserver", "kubelet"]);
  });
  it("stays open, and counted, when nothing explains it", () => {
    expect(read("my-job")).toMatchObject({ components: [], unexplainedCount: 1 });
  });
});
