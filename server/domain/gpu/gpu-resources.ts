import type { NodeFacts, PodTemplateFacts } from "../snapshot.ts";

/** A whole device, a MIG profile ("2g.10gb") or an AMD partition ("cpx_nps4") of one vendor. */
export type GpuResource = {
  readonly name: string;
  readonly vendor: "nvidia" | "amd" | "intel";
  readonly profile: string | null;
  /** The name itself says that several holders share a device. */
  readonly isShared: boolean;
};

/** `_monitoring` resources of Intel's plugin are not devices. */
const PATTERNS: readonly { readonly pattern: RegExp; readonly vendor: GpuResource["vendor"] }[] = [
  { pattern: /^nvidia\.com\/(?:gpu|mig-(?<profile>[\w.+]+?))(?<shared>\.shared)?$/, vendor: "nvidia" },
  { pattern: /^amd\.com\/(?:gpu|(?<profile>(?:spx|dpx|tpx|qpx|cpx)_nps\d))$/, vendor: "amd" },
  { pattern: /^gpu\.intel\.com\/(?:i915|xe)$/, vendor: "intel" },
];

/**
 * What an extended resource stands for; null = not an accelerator.
 *
 * Source: NVIDIA device plugin (`gpu`, `gpu.shared`, `mig-<profile>`), AMD device plugin in "single" and "mixed" naming, Intel's.
 */
export function parseGpuResource(name: string): GpuResource | null {
  for (const { pattern, vendor } of PATTERNS) {
    const match = pattern.exec(name);
    if (match === null) continue;
    const profile = match.groups?.profile ?? null;
    // spx_nps1 is an uncut card under a partition's name.
    return {
      name,
      vendor,
      profile: profile === "spx_nps1" ? null : profile,
      isShared: match.groups?.shared !== undefined,
    };
  }
  return null;
}

/** Extended resources that stand for whole, shared or partitioned accelerators. */
export function isGpuResource(name: string): boolean {
  return parseGpuResource(name) !== null;
}

export type ContainerAsk = {
  readonly container: string;
  readonly isInit: boolean;
  readonly resource: GpuResource;
  readonly count: number;
};

/** What each container of a template asks for by extended resource. Requests and limits of such resources are equal by law. */
export function gpuAsksOf(template: PodTemplateFacts): ContainerAsk[] {
  const asks = (containers: PodTemplateFacts["containers"], isInit: boolean) =>
    containers.flatMap((container) =>
      Object.entries(container.limits.extended).flatMap(([name, count]) => {
        const resource = parseGpuResource(name);
        return resource === null || count <= 0 ? [] : [{ container: container.name, isInit, resource, count }];
      }),
    );
  return [...asks(template.initContainers, true), ...asks(template.containers, false)];
}

/** How a device plugin hands one device to several pods on a node; null = it does not. */
export function timeSharingOf({ labels }: Pick<NodeFacts, "labels">): "time-slicing" | "mps" | null {
  const strategy = labels["nvidia.com/gpu.sharing-strategy"];
  return strategy === "time-slicing" || strategy === "mps" ? strategy : null;
}
