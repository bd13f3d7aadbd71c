import type { GpuDevice } from "#server/contract/gpu.ts";

/** "NVIDIA A100-SXM4-40GB" → "A100-SXM4-40GB": the vendor says nothing where one knows the models. */
export function shortModel(model: string | null): string {
  return model === null || model === "" ? "?" : model.replace(/^(NVIDIA|AMD|Intel)[\s_]+/i, "");
}

/** Address of a device's page. */
export function deviceHref({ cluster, id }: Pick<GpuDevice, "cluster" | "id">): string {
  return `/gpu/${encodeURIComponent(cluster)}/${encodeURIComponent(id)}`;
}

/** Who holds it in one short text; null = nobody. */
export function holderNames(holders: GpuDevice["holders"]): readonly string[] {
  return [
    ...new Set(
      holders.map((holder) => holder.workload?.name ?? (holder.pod === "" ? holder.claim : holder.pod) ?? "?"),
    ),
  ];
}
