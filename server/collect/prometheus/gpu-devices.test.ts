import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Labels } from "../../domain/snapshot.ts";
import { gpuQuery } from "./catalogue-devices.ts";
import { toGpuDevices } from "./gpu-devices.ts";
import { type PodOwner, toNodeResolver } from "./labels.ts";
import type { InstantSample } from "./parse-answer.ts";

/** Metric name → part of the GPU query that reads it. */
const PART_OF = new Map(
  gpuQuery.parts.flatMap(({ id, variants }) => variants.map(({ needs }) => [needs[0] ?? "", id])),
);
type Row = { readonly name: string; readonly labels: Labels; readonly value: number };

/** A recorded page → rows, as Prometheus would store them without target labels. Names in lower case are a reporter's, not the exporter's. */
function rowsOf(name: string): Row[] {
  const text = readFileSync(new URL(`fixtures/${name}.prom`, import.meta.url), "utf8");
  return text.split("\n").flatMap((line) => {
    const match = /^([a-zA-Z_:][\w:]*)\{(.*)\} (\S+)/.exec(line);
    if (match === null) return [];
    const pairs = [...(match[2] ?? "").matchAll(/\s*(\w+)="((?:[^"\\]|\\.)*)"/g)];
    const labels = Object.fromEntries(
      pairs.flatMap(([, key = "", value = ""]) => (value === "" ? [] : [[key, value]])),
    );
    return [
      { name: (match[1] ?? "").replace(/^dcgm_.*/, (lower) => lower.toUpperCase()), labels, value: Number(match[3]) },
    ];
  });
}

/** honor_labels: false – the target's labels win, the exporter's own move to `exported_`. */
function scraped(rows: readonly Row[], target: Labels): Row[] {
  return rows.map((row) => ({
    ...row,
    labels: {
      ...Object.fromEntries(
        Object.entries(row.labels).map(([key, value]) => [key in target ? `exported_${key}` : key, value]),
      ),
      ...target,
    },
  }));
}

const owner = (name: string, nodeName: string | null, holdsDevice: boolean): PodOwner => ({
  workload: { kind: "Deployment", namespace: "ml", name },
  nodeName,
  isHostNetwork: false,
  holdsDevice,
});
const PODS: Readonly<Record<string, PodOwner>> = {
  "gpu-operator/nvidia-dcgm-exporter-x": owner("nvidia-dcgm-exporter", "node-b", false),
  "gpu-operator/dcgm-exporter-lcxpl": owner("nvidia-dcgm-exporter", "node-b", false),
  "ml/train-0": owner("train", "node-b", true),
};

function devicesOf(rows: readonly Row[], nodes: readonly string[] = ["node-b"]) {
  const byPart = new Map<string, InstantSample[]>();
  for (const { name, labels, value } of rows) {
    const part = PART_OF.get(name);
    if (part !== undefined) byPart.set(part, [...(byPart.get(part) ?? []), { labels, value }]);
  }
  const podOwner = (namespace: string, pod: string) => PODS[`${namespace}/${pod}`] ?? null;
  const resolve = toNodeResolver(
    nodes.map((name) => ({ name, addresses: [] })),
    podOwner,
  );
  return toGpuDevices(byPart, resolve, podOwner);
}
const EXPORTER = {
  namespace: "gpu-operator",
  pod: "nvidia-dcgm-exporter-x",
  container: "exporter",
  instance: "10.0.0.9:9400",
};

describe("pages of dcgm-exporter", () => {
  it.each(["dcgm-kubernetes-old-Hostname", "dcgm-kubernetes-new-hostname"])("%s: node, holder and activity", (page) => {
    for (const rows of [rowsOf(page), scraped(rowsOf(page), EXPORTER)]) {
      const { devices } = devicesOf(rows);
      expect(devices).toHaveLength(2);
      expect(devices[0]).toMatchObject({
        nodeName: "node-b",
        model: "Tesla T4",
        activityRatio: 0.99563,
        activitySource: "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
        memoryUsedBytes: 14_109 * 2 ** 20,
        holders: [{ namespace: "ml", pod: "train-0", workload: { name: "train" } }],
      });
      expect(devices[1]).toMatchObject({ activityRatio: 0, holders: [] });
    }
  });
  it("without profiling falls back to utilisation, as a ratio, and says so", () => {
    const rows = rowsOf("dcgm-kubernetes-old-Hostname").filter((row) => !row.name.includes("_PROF_"));
    expect(devicesOf(rows).devices[0]).toMatchObject({ activityRatio: 0.92, activitySource: "DCGM_FI_DEV_GPU_UTIL" });
  });
  it("prefers the share of busy multiprocessors to plain utilisation where only that is switched on", () => {
    const rows = rowsOf("dcgm-kubernetes-old-Hostname").flatMap((row) =>
      row.name === "DCGM_FI_PROF_GR_ENGINE_ACTIVE" ? [{ ...row, name: "DCGM_FI_PROF_SM_ACTIVE", value: 0.4 }] : [row],
    );
    expect(devicesOf(rows).devices[0]).toMatchObject({ activityRatio: 0.4, activitySource: "DCGM_FI_PROF_SM_ACTIVE" });
  });
  it("outside Kubernetes, without holder or node that anybody knows", () => {
    const { devices } = devicesOf(rowsOf("dcgm-plain"));
    expect(devices).toMatchObject([
      { deviceId: expect.stringMatching(/^GPU-/), nodeName: null, holders: [], activityRatio: 0 },
    ]);
  });
  it("with the exporter's own pod as Hostname is placed by that pod", () => {
    const rows = rowsOf("dcgm-kubernetes-empty-labels").map((row) => ({ ...row, name: "DCGM_FI_DEV_GPU_UTIL" }));
    const target = { ...EXPORTER, pod: "dcgm-exporter-lcxpl" };
    const { devices } = devicesOf(scraped(rows, target).map((row) => ({ ...row, value: Math.min(100, row.value) })));
    expect(devices).toHaveLength(5);
    expect(new Set(devices.map((device) => device.nodeName))).toEqual(new Set(["node-b"]));
    expect(devices.flatMap((device) => device.holders)).toEqual([]);
  });
  it("drops the marker that old builds print for what a card does not support", () => {
    const rows = rowsOf("dcgm-readme").map((row) => ({ ...row, name: "DCGM_FI_DEV_POWER_USAGE" }));
    const { devices, skippedCount } = devicesOf(rows);
    expect(skippedCount).toBe(1);
    expect(devices.map((device) => device.powerWatts)).toEqual([405]);
  });
  it("with old names tells instances of MIG apart by profile", () => {
    const rows = rowsOf("dcgm-old-namespace");
    expect(devicesOf(rows).devices.map((device) => [device.partitionId, device.partitionProfile])).toEqual([
      ["1", "3g.40gb"],
      ["2", "4g.40gb"],
      ["1", "3g.40gb"],
      ["2", "4g.40gb"],
    ]);
    const held = rows.map((row) => ({
      ...row,
      labels: { ...row.labels, pod_name: "train-0", pod_namespace: "ml", container_name: "main" },
    }));
    const [first] = devicesOf(held).devices;
    expect(first).toMatchObject({
      nodeName: "node-b",
      holders: [{ namespace: "ml", pod: "train-0", container: "main" }],
    });
  });
  it("with MIG has one sample a card and one an instance, each with its own figures", () => {
    const { devices } = devicesOf(rowsOf("dcgm-mig-docs"), ["ub20-a100-k8s"]);
    expect(devices).toMatchObject([
      { partitionId: "", isPartitioned: true, activityRatio: 0.99563 },
      { partitionId: "13", partitionProfile: "1g.5gb", activityRatio: 0.995687 },
    ]);
    const reports = devicesOf(rowsOf("dcgm-mig-reports")).devices;
    expect(reports.map((device) => `${device.model} ${device.partitionProfile} ${device.partitionId}`)).toEqual(
      expect.arrayContaining(["NVIDIA A100 80GB PCIe 1g.10gb 8", "NVIDIA A30 2g.12gb 1", "NVIDIA H100 NVL 1g.11gb 7"]),
    );
    expect(reports.filter((device) => device.partitionId === "")).toEqual([]);
  });
  it("under DRA names claims, repeats a shared device per pod and names an instance by its UUID", () => {
    const rows = rowsOf("dcgm-dra").map((row) => ({ ...row, name: "DCGM_FI_DEV_GPU_UTIL", value: 40 }));
    const { devices } = devicesOf(rows);
    expect(devices).toHaveLength(2);
    expect(devices[0]).toMatchObject({
      partitionId: "",
      activityRatio: 0.4,
      holders: [
        { pod: "pod1", claim: { namespace: "gpu-test3", name: "single-gpu" }, activityRatio: null },
        { pod: "pod2", claim: { name: "single-gpu" } },
      ],
    });
    expect(devices[1]).toMatchObject({
      partitionId: "MIG-24c6a0e5-fe28-53ac-9537-c4e23104f30f",
      partitionProfile: "1g.12gb",
      holders: [{ claim: { name: "pod-56dbf5cf44-xnfk5-mig-devices-rxspm" } }],
    });
  });
  it("of a time-sliced card repeats the card on every pod: the card counts once", () => {
    const [device, ...others] = devicesOf(rowsOf("dcgm-timeslicing-copies")).devices;
    expect(others).toEqual([]);
    expect(device?.activityRatio).toBe(0.714);
    expect(device?.holders.map((holder) => holder.activityRatio)).toEqual([null, null, null, null]);
  });
  it("of a time-sliced card with processes gives each pod its own share", () => {
    const [device, ...others] = devicesOf(rowsOf("dcgm-timeslicing-process")).devices;
    expect(others).toEqual([]);
    expect(device?.memoryUsedBytes).toBe(12_100 * 2 ** 20);
    expect(device?.holders.map((holder) => [holder.activityRatio, (holder.memoryUsedBytes ?? 0) / 2 ** 20])).toEqual([
      [0.61, 10_056],
      [0.38, 2044],
      [0, 0],
    ]);
  });
  it("as Prometheus exports it: one card under two exported pods", () => {
    const text = readFileSync(new URL("fixtures/dcgm-prometheus-exported.json", import.meta.url), "utf8");
    const { data } = JSON.parse(text) as { data: Labels[] };
    const { devices } = devicesOf(data.map((labels) => ({ name: "DCGM_FI_DEV_GPU_UTIL", labels, value: 30 })));
    expect(devices).toMatchObject([
      { activityRatio: 0.3, holders: [{ namespace: "default", pod: "pod1" }, { pod: "pod2" }] },
    ]);
  });
});

describe("pages of AMD's device-metrics-exporter", () => {
  const card = (over: Labels, value: number, name = "gpu_gfx_activity"): Row => ({
    name,
    labels: {
      gpu_id: "0",
      serial_number: "692409005296",
      card_series: "AMD Instinct MI300X OAM",
      gpu_compute_partition_type: "cpx",
      gpu_memory_partition_type: "nps4",
      hostname: "node-b",
      ...over,
    },
    value,
  });
  it("names a card by its serial number, with its holder; the exporter's own pod holds nothing", () => {
    const { devices } = devicesOf(rowsOf("amd-device-metrics-exporter"), ["tw038", "tw009"]);
    const byId = new Map(devices.map((device) => [`${device.deviceId}/${device.partitionId}`, device]));
    expect(byId.get("692409005408/")).toMatchObject({
      vendor: "amd",
      nodeName: "tw038",
      activityRatio: 0,
      holders: [],
    });
    expect(byId.get("692409005328/")).toMatchObject({
      model: "AMD Instinct MI300X OAM",
      activityRatio: 1,
      activitySource: "gpu_gfx_activity",
      holders: [{ namespace: "default", pod: "high-utilization-57ls6" }],
    });
    // cpx: the figure is the card's, the partition has none.
    expect(byId.get("692409005296/")).toMatchObject({
      nodeName: "tw009",
      isPartitioned: true,
      activityRatio: 0,
      holders: [],
    });
    expect(byId.get("692409005296/0")).toMatchObject({
      partitionProfile: "cpx_nps4",
      activityRatio: null,
      holders: [],
    });
  });
  it("reads figures of a cut card from partition 0 alone, and keeps who holds each partition", () => {
    const held = (id: string, pod: string) => ({ gpu_partition_id: id, namespace: "ml", pod, container: "main" });
    const { devices } = devicesOf([
      card(held("0", "train-0"), 64),
      card(held("1", "other-1"), 0),
      card({ gpu_partition_id: "2" }, 0),
      card(held("0", "train-0"), 600, "gpu_package_power"),
      card(held("1", "other-1"), 0, "gpu_package_power"),
    ]);
    expect(devices.map((device) => [device.partitionId, device.activityRatio, device.powerWatts])).toEqual([
      ["", 0.64, 600],
      ["0", null, null],
      ["1", null, null],
      ["2", null, null],
    ]);
    expect(devices.map((device) => device.holders.map((holder) => holder.pod))).toEqual([
      [],
      ["train-0"],
      ["other-1"],
      [],
    ]);
  });
  it("takes memory in MB and prefers the profiler to the driver's activity", () => {
    const whole = { gpu_compute_partition_type: "spx", gpu_memory_partition_type: "nps1", gpu_partition_id: "0" };
    const { devices } = devicesOf([
      card(whole, 90),
      card(whole, 72, "gpu_prof_gui_util_percent"),
      card(whole, 1000, "gpu_used_vram"),
      card(whole, 196_592, "gpu_total_vram"),
    ]);
    expect(devices).toMatchObject([
      {
        partitionId: "",
        partitionProfile: null,
        activityRatio: 0.72,
        activitySource: "gpu_prof_gui_util_percent",
        memoryUsedBytes: 1e9,
        memoryTotalBytes: 196_592e6,
      },
    ]);
  });
  it("reads the same names with the prefix that some configurations add", () => {
    const whole = { gpu_compute_partition_type: "spx", gpu_partition_id: "0" };
    expect(devicesOf([card(whole, 50, "amd_gpu_gfx_activity")]).devices).toMatchObject([{ activityRatio: 0.5 }]);
  });
  it("survives an early page with other names", () => {
    expect(devicesOf(rowsOf("amd-metrics-mini")).devices).toEqual([]);
  });
});
