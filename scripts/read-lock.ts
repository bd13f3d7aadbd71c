import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

const ROOT = new URL("../", import.meta.url);

const Names = z.record(z.string(), z.string()).default({});
const Lock = z.object({
  name: z.string(),
  version: z.string(),
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().default(false),
      optional: z.boolean().default(false),
      devOptional: z.boolean().default(false),
      dependencies: Names,
      devDependencies: Names,
      optionalDependencies: Names,
      peerDependencies: Names,
    }),
  ),
});
const Manifest = z.object({
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
});

export type LockedPackage = {
  /** Where npm puts it: `node_modules/a/node_modules/b`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** SPDX as its author wrote it; `null` when neither lock file, package nor `STATED_ELSEWHERE` says. */
  readonly license: string | null;
  readonly integrity: string | null;
  readonly use: "required" | "optional" | "development";
  /** Paths of what it gets when it asks for its dependencies; those that npm left out are not there. */
  readonly dependencies: readonly string[];
};
export type LockedTree = {
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly string[];
  readonly packages: readonly LockedPackage[];
};

/** SPDX's word for a package that says nothing about its licence. */
export const UNSTATED = "NOASSERTION";

/** Licences that stand in a file or in the parent package instead of a field. */
const STATED_ELSEWHERE: readonly (readonly [name: RegExp, license: string])[] = [
  [/^@biomejs\/cli-/, "MIT OR Apache-2.0"], // builds of @biomejs/biome for one platform
  [/^@next\/swc-/, "MIT"], // builds of next
  [/^@tailwindcss\/oxide-/, "MIT"], // builds of tailwindcss
  [/^seq-queue$/, "MIT"], // its LICENSE file
  [/^buffers$/, UNSTATED], // says nothing anywhere; exceljs brings it through unzipper
];

/** `package-lock.json` as a tree: the one list of what is installed. */
export function readLock(text = readFileSync(new URL("package-lock.json", ROOT), "utf8")): LockedTree {
  const { name, version, packages } = Lock.parse(JSON.parse(text));
  const resolve = (from: string, wanted: string): string | null => {
    for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
      const path = at === "" ? `node_modules/${wanted}` : `${at}/node_modules/${wanted}`;
      if (path in packages) return path;
      if (at === "") return null;
    }
  };
  const dependenciesOf = (path: string): string[] => {
    const own = packages[path];
    if (own === undefined) return [];
    const wanted = [own.dependencies, own.optionalDependencies, own.peerDependencies, own.devDependencies];
    const found = wanted.flatMap((names) => Object.keys(names)).map((dependency) => resolve(path, dependency));
    return [...new Set(found.filter((at) => at !== null))].sort();
  };
  return {
    name,
    version,
    dependencies: dependenciesOf(""),
    packages: Object.entries(packages)
      .filter(([path]) => path !== "")
      .map(([path, own]) => {
        const ownName = own.name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
        return {
          path,
          name: ownName,
          version: own.version ?? "",
          license: own.license ?? licenseOfManifest(path) ?? statedElsewhere(ownName),
          integrity: own.integrity ?? null,
          use: own.dev || own.devOptional ? "development" : own.optional ? "optional" : "required",
          dependencies: dependenciesOf(path),
        };
      }),
  };
}

function licenseOfManifest(path: string): string | null {
  const file = new URL(`${path}/package.json`, ROOT);
  if (!existsSync(file)) return null; // built for another platform
  const { license, licenses } = Manifest.parse(JSON.parse(readFileSync(file, "utf8")));
  if (license !== undefined) return typeof license === "string" ? license : license.type;
  return licenses?.map(({ type }) => type).join(" OR ") ?? null;
}

function statedElsewhere(name: string): string | null {
  return STATED_ELSEWHERE.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
