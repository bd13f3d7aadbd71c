import type { NodeFacts, ResourceSliceFacts } from "../snapshot.ts";
import type { GpuDeviceSample } from "./device-sample.ts";

/** The same model however it is written: node labels put "-" for every blank of the driver's text. */
export function modelKey(model: string): string {
  return model.toLowerCase().replaceAll(/[\s_-]+/g, "");
}

/** Model by the labels of feature discovery, in the driver's words where any device of the cluster tells them; null = no label. */
export function modelOfLabels(labels: NodeFacts["labels"], exact: ReadonlyMap<string, string>): string | null {
  const product = labels["nvidia.com/gpu.product"] ?? labels["amd.com/gpu.product-name"];
  if (product === undefined) return null;
  const plain = product.replace(/-SHARED$/, "").replace(/-MIG-.*$/, "");
  return exact.get(modelKey(plain)) ?? plain.replaceAll("-", " ");
}

/** Models in the words of drivers and exporters, by key. */
export function exactModels(
  samples: readonly GpuDeviceSample[],
  slices: readonly ResourceSliceFacts[],
): ReadonlyMap<string, string> {
  const models = new Map<string, string>();
  for (const { devices } of slices)
    for (const { attributes } of devices)
      if (typeof attributes.productName === "string")
        models.set(modelKey(attributes.productName), attributes.productName);
  for (const { model } of samples) if (model !== null) models.set(modelKey(model), model);
  return models;
}

export function vendorOf(text: string): string {
  return /nvidia/.test(text) ? "nvidia" : /amd/.test(text) ? "amd" : /intel/.test(text) ? "intel" : "other";
}
