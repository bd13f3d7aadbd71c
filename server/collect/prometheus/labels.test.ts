import { describe, expect, it } from "vitest";
import type { Labels } from "../../domain/snapshot.ts";
import {
  exporterInstancesOf,
  heldBy,
  type NodeIdentity,
  type PodOwnerOf,
  toNodeResolver,
  withoutPort,
} from "./labels.ts";

const node = (name: string, ...addresses: string[]): NodeIdentity => ({
  name,
  addresses: addresses.map((address) => ({ type: "InternalIP", address })),
});
const owners: PodOwnerOf = (namespace, pod) =>
  namespace === "monitoring" && pod === "node-exporter-7"
    ? {
        workload: { kind: "DaemonSet", namespace, name: "node-exporter" },
        nodeName: "b",
        isHostNetwork: true,
        holdsDevice: false,
      }
    : null;
const resolve = toNodeResolver(
  [node("a", "10.0.0.1", "fd00::1"), node("b", "10.0.0.2"), node("c", "10.9.9.9"), node("d", "10.9.9.9")],
  owners,
);

describe("the node of a series", () => {
  it.each<[string, Labels, string | null]>([
    ["the node label", { node: "a", instance: "10.0.0.2:9100" }, "a"],
    ["not a node label that names something else", { node: "web-1", instance: "10.0.0.2:9100" }, "b"],
    ["the copied hostname label", { kubernetes_io_hostname: "b" }, "b"],
    ["Hostname of older GPU exporters", { Hostname: "a" }, "a"],
    ["hostname of newer ones", { hostname: "a" }, "a"],
    ["an instance that is the node's name", { instance: "a" }, "a"],
    ["the address without its port", { instance: "10.0.0.1:10250" }, "a"],
    ["an IPv6 address in brackets", { instance: "[fd00::1]:9100" }, "a"],
    ["a bare IPv6 address", { instance: "fd00::1" }, "a"],
    ["the exporter's own pod", { instance: "10.244.1.5:9100", namespace: "monitoring", pod: "node-exporter-7" }, "b"],
    ["not an address that two nodes share", { instance: "10.9.9.9:443" }, null],
    ["not an unknown address", { instance: "10.1.1.1:9100" }, null],
    ["nothing without labels", {}, null],
  ])("is found by %s", (_, labels, expected) => {
    expect(resolve(labels)).toBe(expected);
  });
  it("keeps names with a port-like tail whole", () => {
    expect(withoutPort("node-1:9100")).toBe("node-1");
    expect(withoutPort("fd00::1")).toBe("fd00::1");
  });
});

describe("the holder of a device", () => {
  const none = new Set<string>();
  it.each<[string, Labels, string | null]>([
    [
      "exported_pod without honorLabels",
      { pod: "dcgm-exporter-x", namespace: "gpu", exported_pod: "train", exported_namespace: "ml" },
      "ml/train",
    ],
    ["plain pod with honorLabels", { pod: "train", namespace: "ml" }, "ml/train"],
    ["the old names", { pod_name: "train", pod_namespace: "ml" }, "ml/train"],
    ["nobody when only the exporter is named", { pod: "nvidia-dcgm-exporter-x", namespace: "gpu" }, null],
    ["nobody when AMD's exporter is named", { pod: "default-metrics-exporter-vvvkm", namespace: "gpu" }, null],
    ["nobody when the pod asks for no device", { pod: "node-exporter-7", namespace: "monitoring" }, null],
    ["nobody when labels are empty", { pod: "", namespace: "" }, null],
  ])("is %s", (_, labels, expected) => {
    const held = heldBy(labels, none, owners);
    expect(held === null ? null : `${held.namespace}/${held.pod}`).toBe(expected);
  });
  it("is nobody where the same target writes exported_pod on its busy devices", () => {
    const idle = { pod: "telemetry-1", namespace: "gpu", instance: "i" };
    const exporters = exporterInstancesOf([{ ...idle, exported_pod: "train" }, idle]);
    expect(heldBy(idle, exporters, owners)).toBeNull();
    expect(heldBy({ ...idle, instance: "other" }, exporters, owners)).toMatchObject({ pod: "telemetry-1" });
  });
});
