import type { ClusterParts, ClusterSnapshot } from "../snapshot.ts";

/** `flags` = command-line flags of a component, which no file holds; the text is a comment block with the flags. */
export type ManifestFormat =
  | "api-object"
  /** To be merged into an existing object, so required fields may be missing. */
  | "patch"
  | "kubelet-config"
  | "apiserver-config"
  | "credential-provider-config"
  | "flags";

export type ManifestDocument = { readonly fileName: string; readonly format: ManifestFormat; readonly text: string };
export type Manifest = {
  readonly feature: string;
  /** Minor that it was written for. */
  readonly minor: string;
  readonly documents: readonly ManifestDocument[];
};
/** Why there is nothing to apply. */
export type NoManifest = {
  readonly feature: string;
  readonly because:
    | "nothing-to-do"
    | "no-api"
    | "version-unknown"
    | "not-available"
    | "upgrade-first"
    | "no-such-feature";
};

/** What manifests take names and versions from: a snapshot of these parts, or the few objects of it that matter. */
export type ManifestFacts = Omit<ClusterSnapshot, "parts"> & {
  readonly parts: Pick<
    ClusterParts,
    | "version"
    | "apiResources"
    | "pods"
    | "workloads"
    | "jobs"
    | "cronJobs"
    | "services"
    | "deviceClasses"
    | "resourceSlices"
    | "volumes"
    | "volumeClaims"
    | "volumeAttributesClasses"
  >;
};

/** A text as a YAML scalar: JSON strings are YAML, so names from the cluster cannot break out. */
export function quote(text: string): string {
  return JSON.stringify(text);
}
