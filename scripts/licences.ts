/**
 * Lists every dependency with its licence and ends with 1 when one is not allowed.
 *
 *   node scripts/licences.ts [--json]
 */
import { pathToFileURL } from "node:url";
import { type LockedPackage, readLock, UNSTATED } from "./read-lock.ts";

/** Licences that ask for notices at most, and MPL-2.0, which covers its own files alone. */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT/X11",
  "MPL-2.0",
  "PSF-2.0",
  "Unlicense",
  "Zlib",
]);

/** Allowed for these packages alone, each for a reason. */
const ALLOWED_FOR: readonly (readonly [name: RegExp, license: string])[] = [
  [/^caniuse-lite$/, "CC-BY-4.0"], // data, shipped as it is
  [/^@img\/sharp-/, "LGPL-3.0-or-later"], // libvips as a shared library of its own; optional, next brings it for images
  [/^elkjs$/, "EPL-2.0"], // used as a library, unchanged
  [/^buffers$/, UNSTATED], // 2011, by the author of the MIT packages around it; goes when exceljs is replaced
];

export type Judged = { readonly package: LockedPackage; readonly isAllowed: boolean };

export function judgeLicences(packages: readonly LockedPackage[]): readonly Judged[] {
  return packages.map((one) => ({
    package: one,
    isAllowed: one.license !== null && isAllowed(one.license, one.name),
  }));
}

/** An SPDX expression without exceptions: OR needs one side, AND both, brackets group. Anything unreadable is refused. */
export function isAllowed(expression: string, name = ""): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const anyOf = (): boolean => {
    let result = allOf();
    while (tokens[at] === "OR") {
      at += 1;
      const right = allOf();
      result = result || right;
    }
    return result;
  };
  const allOf = (): boolean => {
    let result = single();
    while (tokens[at]?.toUpperCase() === "AND") {
      at += 1;
      const right = single();
      result = result && right;
    }
    return result;
  };
  const single = (): boolean => {
    const token = tokens[at] ?? "";
    at += 1;
    if (token !== "(") {
      return ALLOWED.has(token) || ALLOWED_FOR.some(([pattern, id]) => id === token && pattern.test(name));
    }
    const inner = anyOf();
    const isClosed = tokens[at] === ")";
    at += 1;
    return inner && isClosed;
  };
  return anyOf() && at === tokens.length;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const judged = judgeLicences(readLock().packages);
  const refused = judged.filter((one) => !one.isAllowed);
  const rows = judged.map(({ package: { name, version, license, use } }) => ({ name, version, license, use }));
  if (process.argv.includes("--json")) console.log(JSON.stringify(rows, null, 2));
  else for (const { name, version, license, use } of rows) console.log(`${license ?? "?"}\t${name}@${version}\t${use}`);
  for (const one of refused) console.error(`Not allowed: ${one.package.name} ${one.package.license ?? "says nothing"}`);
  process.exitCode = refused.length === 0 ? 0 : 1;
}
