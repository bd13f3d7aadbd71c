import type { Overview } from "#server/contract/overview.ts";

type Gap = Overview["gaps"]["items"][number];
export type GapGroup = {
  readonly key: string;
  readonly cluster: string;
  readonly reason: Gap["reason"];
  readonly status: Gap["status"];
  readonly fix: NonNullable<Gap["fix"]>["code"] | null;
  readonly gaps: readonly Gap[];
};

/** Gaps with one cluster, one reason and one fix are one thing to do; the order of the worst stays. */
export function groupGaps(gaps: readonly Gap[]): GapGroup[] {
  const groups = Map.groupBy(gaps, ({ cluster, reason, status, fix }) =>
    [cluster, status, reason ?? "", fix?.code ?? ""].join("\n"),
  );
  return [...groups].flatMap(([key, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const { cluster, reason, status, fix } = first;
    return [{ key, cluster, reason, status, fix: fix?.code ?? null, gaps: own }];
  });
}
