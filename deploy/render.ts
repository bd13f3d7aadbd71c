import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";

export type Manifest = { readonly [key: string]: unknown };

const KNOWN = new Set(["apiVersion", "kind", "namespace", "resources", "patches"]);
/** Lists whose entries a patch addresses by a key, as Kubernetes defines for these; every other list is replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: "name",
  env: "name",
  volumes: "name",
  volumeMounts: "mountPath",
};
const CLUSTER_SCOPED = new Set(["Namespace", "ClusterRole", "ClusterRoleBinding"]);

/**
 * The manifests of one folder, by the part of kustomize that `deploy/` uses: resources, namespace and strategic merge patches
 * by file. Errors: an Error for anything else, so that a test cannot pass by overlooking it.
 */
export function renderKustomization(folder: string): Manifest[] {
  const kustomization = asObject(parse(readFileSync(join(folder, "kustomization.yaml"), "utf8")));
  const unknown = Object.keys(kustomization).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw new Error(`${folder}: ${unknown.join(", ")} is not rendered here`);
  let manifests = listOf(kustomization.resources).flatMap((entry) => {
    const path = join(folder, String(entry));
    if (existsSync(join(path, "kustomization.yaml"))) return renderKustomization(path);
    if (String(entry).startsWith("..")) throw new Error(`${folder}: kustomize takes files from below a folder only`);
    return readManifests(path);
  });
  for (const patch of listOf(kustomization.patches).map(asObject)) {
    if (Object.keys(patch).join() !== "path") throw new Error(`${folder}: only patches by path are rendered here`);
    for (const change of readManifests(join(folder, String(patch.path)))) {
      const target = manifests.findIndex((manifest) => idOf(manifest) === idOf(change));
      if (target === -1) throw new Error(`${folder}: no manifest is ${idOf(change)}`);
      manifests = manifests.map((manifest, at) => (at === target ? asObject(merge(manifest, change, "")) : manifest));
    }
  }
  const { namespace } = kustomization;
  return namespace === undefined ? manifests : manifests.map((manifest) => inNamespace(manifest, String(namespace)));
}

export function readManifests(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(file, "utf8")).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${file}: ${error.message}`);
    return asObject(document.toJS());
  });
}

export function idOf(manifest: Manifest): string {
  return `${String(manifest.kind)}/${String(asObject(manifest.metadata).name)}`;
}

function inNamespace(manifest: Manifest, namespace: string): Manifest {
  if (CLUSTER_SCOPED.has(String(manifest.kind))) return manifest;
  return { ...manifest, metadata: { ...asObject(manifest.metadata), namespace } };
}

function merge(base: unknown, change: unknown, field: string): unknown {
  if (Array.isArray(base) && Array.isArray(change)) {
    const key = MERGE_KEYS[field];
    if (key === undefined) return change;
    const left = base.map(asObject);
    const right = change.map(asObject);
    const changed = left.map((entry) => {
      const own = right.find((other) => other[key] === entry[key]);
      return own === undefined ? entry : merge(entry, own, "");
    });
    const added = right.filter((entry) => !left.some((other) => other[key] === entry[key]));
    return [...changed, ...added];
  }
  if (!isObject(base) || !isObject(change)) return change;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete result[key];
    else result[key] = key in base ? merge(base[key], value, key) : value;
  }
  return result;
}

function isObject(value: unknown): value is Manifest {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function asObject(value: unknown): Manifest {
  if (!isObject(value)) throw new Error("not an object");
  return value;
}
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
