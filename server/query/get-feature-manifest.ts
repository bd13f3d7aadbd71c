import type { FeatureManifest, ManifestQuery } from "../contract/features.ts";
import type { Viewer } from "../contract/viewer.ts";
import { findCheck } from "../domain/features/checks/index.ts";
import { manifestFor } from "../domain/manifests/manifest-for.ts";
import type { ManifestDocument, ManifestFacts } from "../domain/manifests/manifest-types.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import { loadEvaluatedFacts } from "../store/evaluated-facts.ts";
import { loadOutcomeBounds } from "./feature-rows.ts";
import { boundFleet } from "./scope.ts";

/**
 * The next step of a feature for one cluster, as documents, or why there is none.
 * Errors: `not-found` for a feature or a cluster that is not there.
 */
export async function getFeatureManifest(
  viewer: Viewer,
  feature: string,
  query: ManifestQuery,
): Promise<FeatureManifest> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, { cluster: [query.cluster] });
  const [cluster] = clusters;
  if (cluster === undefined) throw new Error("boundFleet gave no cluster");
  const bounds = await loadOutcomeBounds(pool, scope);
  const whole = await loadEvaluatedFacts(pool, cluster.id, "manifestFacts");
  if (findCheck(feature) === null)
    throw new AppError("not-found", `There is no feature named ${feature}.`, { feature });
  if (whole === null) return { feature, cluster: cluster.name, minor: null, documents: [], because: "version-unknown" };
  const manifest = manifestFor(feature, bounds === null ? whole : keepNamespaces(whole, bounds(cluster.id).namespaces));
  if ("because" in manifest) {
    const { because } = manifest;
    if (because === "no-such-feature") {
      throw new AppError("not-found", `There is no feature named ${feature}.`, { feature });
    }
    return { feature, cluster: cluster.name, minor: null, documents: [], because };
  }
  return {
    feature,
    cluster: cluster.name,
    minor: manifest.minor,
    documents: manifest.documents.map((document) => ({ ...document })),
    because: null,
  };
}

const WORDS: Readonly<Record<NonNullable<FeatureManifest["because"]>, string>> = {
  "upgrade-first": "This version has only an early form of it, which no later version understands. Upgrade first.",
  "nothing-to-do": "Nothing is left to do here.",
  "no-api": "Kubernetes has no API for this.",
  "version-unknown": "The version of this cluster could not be read yet.",
  "not-available": "This version does not have the feature.",
};

/** The same as one YAML stream, files told apart by comments; flags are no YAML and become comments. */
export function toManifestYaml(manifest: FeatureManifest): string {
  const head = `# ${manifest.feature} for ${manifest.cluster}${manifest.minor === null ? "" : ` (Kubernetes ${manifest.minor})`}\n`;
  if (manifest.because !== null) return `${head}# ${WORDS[manifest.because]}\n`;
  return head + manifest.documents.map((document) => `---\n# ${document.fileName}\n${toYaml(document)}`).join("");
}

function toYaml({ format, text }: Pick<ManifestDocument, "format" | "text">): string {
  const ended = text.endsWith("\n") ? text : `${text}\n`;
  return format === "flags" ? ended.replaceAll(/^(?!#|$)/gm, "# ") : ended;
}

/** The snapshot without the objects of other namespaces; what belongs to no namespace stays. */
function keepNamespaces(snapshot: ManifestFacts, namespaces: ReadonlySet<string>): ManifestFacts {
  const parts = Object.fromEntries(
    Object.entries(snapshot.parts).map(([name, reading]) => {
      if (reading.state !== "value" || !Array.isArray(reading.value)) return [name, reading];
      const items: readonly unknown[] = reading.value;
      return [name, { ...reading, value: items.filter((item) => isKept(item, namespaces)) }];
    }),
  );
  return { ...snapshot, parts: asParts(parts) };
}

function isKept(item: unknown, namespaces: ReadonlySet<string>): boolean {
  if (typeof item !== "object" || item === null || !("namespace" in item)) return true;
  return typeof item.namespace !== "string" || namespaces.has(item.namespace);
}

/** Filtering keeps names and kinds of the parts, only their lists get shorter. */
function asParts(parts: Record<string, unknown>): ManifestFacts["parts"] {
  return parts as unknown as ManifestFacts["parts"];
}
