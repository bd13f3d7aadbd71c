import type { DeviceClassFacts, NodeFacts, ResourceSliceFacts } from "../snapshot.ts";
import { newestSlices } from "./device-counts.ts";
import { modelKey, modelOfLabels } from "./device-names.ts";
import { compileSelector } from "./device-selector.ts";
import type { ContainerAsk, GpuResource } from "./gpu-resources.ts";
import type { AskingWorkload, MigrationInput, PlannedRequest } from "./migration-types.ts";

/** The driver that publishes a vendor's devices, and its words for a whole one and a part. */
const DRIVERS = {
  nvidia: { driver: "gpu.nvidia.com", whole: "gpu", part: "mig", profile: "profile" },
  amd: { driver: "gpu.amd.com", whole: "amdgpu", part: "amdgpu-partition", profile: "partitionProfile" },
  intel: { driver: "gpu.intel.com", whole: null, part: null, profile: null },
} as const satisfies Record<GpuResource["vendor"], unknown>;

export function driverOfVendor(vendor: GpuResource["vendor"]): string {
  return DRIVERS[vendor].driver;
}

/**
 * The claim's requests for what the containers ask for today.
 *
 * Basis: driver and type by the resource's name; the profile of a MIG or partition resource (or of a node whose plugin offers only
 * instances); the models of the nodes its pods run on – where it runs on several, any of them will do. A model is compared by the
 * driver's own text where a slice publishes it, else by a pattern that takes blanks and dashes for each other, because node labels
 * do not keep them apart. A workload without pods gets no model: guessing one would narrow it for no reason.
 * Errors: none.
 */
export function planRequests(
  workload: AskingWorkload,
  asks: readonly ContainerAsk[],
  input: MigrationInput,
): PlannedRequest[] {
  const slices = newestSlices(input.slices ?? []);
  const containers = [...new Set(asks.filter((ask) => !isLent(ask, asks)).map((ask) => ask.container))];
  return asks.flatMap((ask) => {
    if (isLent(ask, asks)) return [];
    const claimAt = containers.indexOf(ask.container);
    const at = asks.filter((other) => other.container === ask.container).indexOf(ask);
    const { driver } = DRIVERS[ask.resource.vendor];
    const published = slices.filter((slice) => slice.driver === driver);
    const models = modelsOf(workload, ask, input);
    const profile = ask.resource.profile ?? singleProfile(workload, ask, input.nodes);
    const selectorCel = selectorOf(ask.resource.vendor, profile, models, published);
    const known = classWith(selectorCel, input.classes ?? []);
    return {
      claim: claimAt === 0 ? "gpu" : `gpu-${claimAt + 1}`,
      name: at === 0 ? "gpu" : `gpu-${at + 1}`,
      ask,
      driver,
      className: known?.name ?? classNameOf(ask.resource.vendor, profile, models),
      isClassThere: known !== undefined,
      selectorCel,
      models,
      matchingDevices: countMatching(selectorCel, published),
    };
  });
}

/** An init container works before the others on the devices that one of them gets afterwards: it refers to their claim. */
export function isLent(ask: ContainerAsk, asks: readonly ContainerAsk[]): boolean {
  return ask.isInit && asks.some((other) => !other.isInit && other.resource.name === ask.resource.name);
}

function modelsOf(workload: AskingWorkload, ask: ContainerAsk, input: MigrationInput): string[] {
  const on = new Set(workload.nodeNames);
  const models = new Map<string, string>();
  for (const device of input.devices)
    if (
      device.model !== null &&
      device.vendor === ask.resource.vendor &&
      device.nodeName !== null &&
      on.has(device.nodeName)
    )
      models.set(modelKey(device.model), device.model);
  if (models.size === 0)
    for (const node of input.nodes) {
      const model = on.has(node.name) ? modelOfLabels(node.labels, new Map()) : null;
      if (model !== null) models.set(modelKey(model), model);
    }
  // A pod template that is tied to a product by its own node selector says what it wants even where nothing runs.
  const selected = modelOfLabels(workload.template.nodeSelector, new Map());
  if (models.size === 0 && selected !== null) models.set(modelKey(selected), selected);
  return [...models.values()].sort();
}

/** Under NVIDIA's "single" strategy a plain `nvidia.com/gpu` is an instance: the node's product label says which. */
function singleProfile(workload: AskingWorkload, ask: ContainerAsk, nodes: readonly NodeFacts[]): string | null {
  if (ask.resource.vendor !== "nvidia") return null;
  const on = new Set(workload.nodeNames);
  for (const { name, labels } of nodes) {
    const profile = /-MIG-(.+?)(?:-SHARED)?$/.exec(labels["nvidia.com/gpu.product"] ?? "")?.[1];
    if (on.has(name) && labels["nvidia.com/mig.strategy"] === "single" && profile !== undefined) return profile;
  }
  return null;
}

function selectorOf(
  vendor: GpuResource["vendor"],
  profile: string | null,
  models: readonly string[],
  published: readonly ResourceSliceFacts[],
): string {
  const { driver, whole, part, profile: profileName } = DRIVERS[vendor];
  const attribute = (name: string) => `device.attributes[${text(driver)}].${name}`;
  // The driver first: attributes of another driver's device would be an error, and errors stop the whole allocation.
  const terms = [`device.driver == ${text(driver)}`];
  if (whole !== null && part !== null) terms.push(`${attribute("type")} == ${text(profile === null ? whole : part)}`);
  if (profile !== null && profileName !== null) terms.push(`${attribute(profileName)} == ${text(profile)}`);
  const term = modelTerm(attribute("productName"), models, published);
  if (term !== null && (vendor === "nvidia" || isPublished("productName", published))) terms.push(term);
  return terms.join(" && ");
}

function modelTerm(
  attribute: string,
  models: readonly string[],
  published: readonly ResourceSliceFacts[],
): string | null {
  if (models.length === 0) return null;
  const exact = new Map<string, string>();
  for (const { devices } of published)
    for (const { attributes } of devices)
      if (typeof attributes.productName === "string")
        exact.set(modelKey(attributes.productName), attributes.productName);
  const found = models.flatMap((model) => exact.get(modelKey(model)) ?? []);
  if (found.length === models.length)
    return found.length === 1
      ? `${attribute} == ${text(found[0] ?? "")}`
      : `${attribute} in [${found.map(text).join(", ")}]`;
  const patterns = models.map((model) =>
    model
      .trim()
      .split(/[\s_-]+/)
      .map(escapePattern)
      .join("[ _-]"),
  );
  return `${attribute}.matches(${text(`^(${patterns.join("|")})$`)})`;
}

function isPublished(name: string, published: readonly ResourceSliceFacts[]): boolean {
  return published.some(({ devices }) => devices.some(({ attributes }) => name in attributes));
}

/** A JSON string is a CEL string. */
function text(value: string): string {
  return JSON.stringify(value);
}

/** RE2's special characters. */
function escapePattern(value: string): string {
  return value.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

function classWith(selectorCel: string, classes: readonly DeviceClassFacts[]): DeviceClassFacts | undefined {
  const plain = (cel: string) => cel.replaceAll(/\s+/g, "").replaceAll("'", '"');
  return classes.find((entry) => entry.selectorCel.map(plain).join("&&") === plain(selectorCel));
}

/** A name for the class by what it selects; equal selections get equal names, so that workloads share a class. */
function classNameOf(vendor: GpuResource["vendor"], profile: string | null, models: readonly string[]): string {
  const words = [models.length === 0 ? `${vendor}-gpu` : models.join("-or-"), ...(profile === null ? [] : [profile])];
  return (
    words
      .join("-")
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "")
      .slice(0, 63)
      .replace(/-+$/, "") || `${vendor}-gpu`
  );
}

function countMatching(selectorCel: string, published: readonly ResourceSliceFacts[]): number | null {
  const selector = compileSelector([selectorCel]);
  if (selector === null || published.length === 0) return null;
  let count = 0;
  for (const { driver, devices } of published) {
    for (const { attributes, capacity } of devices) {
      const answer = selector.selects({ driver, attributes, capacity });
      if (answer === null) return null;
      if (answer) count += 1;
    }
  }
  return count;
}
