import { minorIndex } from "../domain/gates/version.ts";
import { RELEASES } from "../domain/upgrade/releases.ts";

/** Minors that a cluster of the fleet could be taken to: known to the catalogue and later than the oldest version. */
export function targetMinors(clusters: readonly { readonly gitVersion: string | null }[]): string[] {
  const known = clusters.flatMap(({ gitVersion }) => {
    const index = gitVersion === null ? null : minorIndex(gitVersion);
    return index === null ? [] : [index];
  });
  if (known.length === 0) return [];
  const oldest = Math.min(...known);
  return RELEASES.map(({ minor }) => minor).filter((minor) => (minorIndex(minor) ?? 0) > oldest);
}
