/**
 * Writes a CycloneDX 1.6 bill of materials of what `package-lock.json` pins, to standard output or a file:
 *
 *   node scripts/sbom.ts [FILE]
 *
 * The same lock file gives the same bytes: no time of writing, and a serial number made of the content.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type LockedPackage, type LockedTree, readLock, UNSTATED } from "./read-lock.ts";

const SCOPES = { required: "required", optional: "optional", development: "excluded" } as const;
const ALGORITHMS: Readonly<Record<string, string>> = {
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
};
/** What SPDX knows as one licence; anything else is an expression or a name. */
const SPDX_ID = /^[A-Za-z0-9][A-Za-z0-9.+-]*$/;

export function toSbom(tree: LockedTree) {
  const own = `${tree.name}@${tree.version}`;
  const references = new Map(tree.packages.map((one) => [one.path, `${purlOf(one)}#${one.path}`]));
  const dependsOn = (paths: readonly string[]) => paths.flatMap((path) => references.get(path) ?? []).sort();
  const body = {
    metadata: {
      component: { type: "application", "bom-ref": own, name: tree.name, version: tree.version },
    },
    components: tree.packages.map((one) => ({
      type: "library",
      "bom-ref": references.get(one.path),
      ...nameOf(one.name),
      version: one.version,
      scope: SCOPES[one.use],
      ...(one.integrity === null ? {} : { hashes: hashesOf(one.integrity) }),
      ...(one.license === null || one.license === UNSTATED ? {} : { licenses: licensesOf(one.license) }),
      purl: purlOf(one),
    })),
    dependencies: [
      { ref: own, dependsOn: dependsOn(tree.dependencies) },
      ...tree.packages.map((one) => ({ ref: references.get(one.path), dependsOn: dependsOn(one.dependencies) })),
    ],
  };
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: serialOf(JSON.stringify(body)),
    version: 1,
    ...body,
  };
}

/** `pkg:npm/%40scope/name@1.2.3` */
export function purlOf({ name, version }: Pick<LockedPackage, "name" | "version">): string {
  return `pkg:npm/${name.split("/").map(encodeURIComponent).join("/")}@${encodeURIComponent(version)}`;
}

function nameOf(name: string): { readonly group?: string; readonly name: string } {
  const [group = "", rest] = name.split("/");
  return rest === undefined ? { name } : { group, name: rest };
}

/** npm's `sha512-BASE64 sha1-BASE64` in CycloneDX's words, in hexadecimal digits. */
function hashesOf(integrity: string) {
  return integrity.split(/\s+/).flatMap((entry) => {
    const dash = entry.indexOf("-");
    const alg = ALGORITHMS[entry.slice(0, dash)];
    return alg === undefined ? [] : [{ alg, content: Buffer.from(entry.slice(dash + 1), "base64").toString("hex") }];
  });
}

function licensesOf(license: string) {
  if (SPDX_ID.test(license)) return [{ license: { id: license } }];
  return /^[A-Za-z0-9.+() -]+$/.test(license) && / (?:AND|OR) /.test(license)
    ? [{ expression: license }]
    : [{ license: { name: license } }];
}

function serialOf(content: string): string {
  const hex = createHash("sha256").update(content).digest("hex");
  // The form of a UUID of version 8 (content of one's own choice).
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = `${JSON.stringify(toSbom(readLock()), null, 2)}\n`;
  const [file] = process.argv.slice(2);
  if (file === undefined) process.stdout.write(text);
  else writeFileSync(file, text);
}
