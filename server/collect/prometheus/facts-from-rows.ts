import type { ControlPlaneSample, DeprecatedApiUseFacts, KubeletFacts, Labels } from "../../domain/snapshot.ts";
import type { NodeResolver } from "./labels.ts";
import type { InstantSample } from "./parse-answer.ts";

type Rows = ReadonlyMap<string, readonly InstantSample[]>;

/** Prices as OpenCost exports them, in its currency (USD unless it was configured otherwise). */
export type OpencostNodePrice = {
  readonly nodeName: string;
  readonly instanceType: string | null;
  readonly region: string | null;
  readonly isSpot: boolean | null;
  readonly costPerHour: number | null;
  readonly costPerCoreHour: number | null;
  readonly costPerGibHour: number | null;
  readonly costPerGpuHour: number | null;
};

/** Price of one volume per GiB and hour, as OpenCost exports it. */
export type OpencostVolumePrice = { readonly volume: string; readonly costPerGibHour: number };

export function toVolumePrices(rows: Rows): readonly OpencostVolumePrice[] {
  return (rows.get("pv_hourly_cost") ?? []).flatMap(({ labels, value }) => {
    const volume = labels.persistentvolume ?? labels.volumename ?? "";
    return volume === "" || !(value > 0) ? [] : [{ volume, costPerGibHour: value }];
  });
}

export function toKubeletFacts(rows: Rows, resolveNode: NodeResolver, readAt: Date): readonly KubeletFacts[] {
  const drafts = new Map<string, Partial<{ cgroup: 1 | 2; losing: string; pressure: "moving" | "all-zero" }>>();
  const each = (
    part: string,
    use: (draft: NonNullable<ReturnType<typeof drafts.get>>, row: InstantSample) => void,
  ): void => {
    for (const row of rows.get(part) ?? []) {
      const node = resolveNode(row.labels);
      if (node === null) continue;
      const draft = drafts.get(node) ?? {};
      drafts.set(node, draft);
      use(draft, row);
    }
  };
  each("cgroupVersion", (draft, { value }) => {
    if (value === 1 || value === 2) draft.cgroup = value;
  });
  each("criLosingSupport", (draft, { labels }) => {
    if (labels.version !== undefined) draft.losing = labels.version;
  });
  each("pressureSeries", (draft, { value }) => {
    draft.pressure = value > 0 ? "moving" : (draft.pressure ?? "all-zero");
  });
  return [...drafts].map(([nodeName, draft]) => ({
    nodeName,
    cgroupVersion: draft.cgroup ?? null,
    failSwapOn: null,
    swapBehavior: null,
    failCgroupV1: null,
    memoryThrottlingFactor: null,
    memoryReservationPolicy: null,
    cpuManagerPolicy: null,
    memoryManagerPolicy: null,
    cgroupDriver: null,
    credentialProviderConfigured: null,
    criLosingSupport: draft.losing ?? null,
    // Missing rows are not "absent": a scrape job may drop them. Only the kubelet's own page can say that.
    pressureSeries: draft.pressure ?? null,
    readAt,
    source: "prometheus",
  }));
}

/** Metric and unit in the part's id; labels as the API server wrote them. */
export function toControlPlaneSamples(rows: Rows): readonly ControlPlaneSample[] {
  const samples: ControlPlaneSample[] = [];
  for (const [part, list] of rows) {
    if (!part.includes(":")) continue;
    for (const { labels, value } of list) {
      if (Number.isFinite(value))
        samples.push({ component: "kube-apiserver", metric: part, labels: withoutPart(labels), value });
    }
  }
  return samples;
}

export function toDeprecatedApiUse(rows: Rows): readonly DeprecatedApiUseFacts[] {
  const requests = new Map(
    (rows.get("deprecatedRequests") ?? []).map(({ labels, value }) => [requestKey(labels), value]),
  );
  return (rows.get("deprecated") ?? []).map(({ labels }) => ({
    group: labels.group ?? "",
    version: labels.version ?? "",
    resource: labels.resource ?? "",
    subresource: labels.subresource ?? "",
    removedRelease: labels.removed_release ?? "",
    requestCount: requests.get(requestKey(labels)) ?? null,
  }));
}

function requestKey(labels: Labels): string {
  return [labels.group ?? "", labels.version ?? "", labels.resource ?? "", labels.subresource ?? ""].join("/");
}

export function toNodePrices(rows: Rows, resolveNode: NodeResolver): readonly OpencostNodePrice[] {
  const drafts = new Map<string, { labels: Labels; readonly values: Map<string, number> }>();
  for (const [part, list] of rows) {
    if (part === "pv_hourly_cost") continue;
    for (const { labels, value } of list) {
      const node = resolveNode(labels) ?? labels.node ?? "";
      if (node === "" || !Number.isFinite(value)) continue;
      const draft = drafts.get(node) ?? { labels, values: new Map<string, number>() };
      draft.values.set(part, value);
      drafts.set(node, draft);
    }
  }
  return [...drafts].map(([nodeName, { labels, values }]) => {
    const spot = values.get("kubecost_node_is_spot");
    const gpuCount = values.get("node_gpu_count");
    return {
      nodeName,
      instanceType: labels.instance_type ?? null,
      region: labels.region ?? null,
      isSpot: spot === undefined ? null : spot === 1,
      costPerHour: values.get("node_total_hourly_cost") ?? null,
      costPerCoreHour: values.get("node_cpu_hourly_cost") ?? null,
      costPerGibHour: values.get("node_ram_hourly_cost") ?? null,
      // Without GPUs OpenCost writes a price of 0, which is no price.
      costPerGpuHour: gpuCount !== undefined && gpuCount > 0 ? (values.get("node_gpu_hourly_cost") ?? null) : null,
    };
  });
}

function withoutPart(labels: Labels): Labels {
  const { sluice_part: _part, ...rest } = labels;
  return rest;
}
