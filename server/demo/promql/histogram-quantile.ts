import { type Column, mergeColumns, newColumn } from "./columns.ts";
import { parseFloatText } from "./go-text.ts";
import type { Labels } from "./labels.ts";
import { METRIC_NAME } from "./labels.ts";

export interface Bucket {
  upperBound: number;
  count: number;
}

const BUCKET_LABELS: ReadonlySet<string> = new Set([METRIC_NAME, "le"]);

/** histogram_quantile() over classic buckets: one result per label set without `le`. */
export function histogramQuantile(phi: Float64Array, columns: readonly Column[], count: number): Column[] {
  const groups = new Map<string, { labels: Labels; members: { upperBound: number; column: Column }[] }>();
  for (const column of columns) {
    const upperBound = parseFloatText(column.labels.get("le"));
    if (upperBound === undefined) continue;
    const labels = column.labels.drop(BUCKET_LABELS);
    const group = groups.get(labels.key) ?? { labels, members: [] };
    groups.set(labels.key, group);
    group.members.push({ upperBound, column });
  }
  const results = [...groups.values()].map(({ labels, members }) => {
    const result = newColumn(labels, count);
    for (let step = 0; step < count; step += 1) {
      const buckets = members.flatMap(({ upperBound, column }) =>
        column.present[step] === 1 ? [{ upperBound, count: column.values[step] ?? 0 }] : [],
      );
      if (buckets.length === 0) continue;
      result.present[step] = 1;
      result.values[step] = bucketQuantile(phi[step] ?? Number.NaN, buckets);
    }
    return result;
  });
  return mergeColumns(results);
}

/**
 * φ-quantile of cumulative buckets by linear interpolation inside the bucket, the first one from 0 when its bound is
 * positive. NaN without a +Inf bucket, with fewer than two buckets, or without observations. Source: Prometheus 2.42.
 */
export function bucketQuantile(phi: number, unsorted: readonly Bucket[]): number {
  if (Number.isNaN(phi)) return Number.NaN;
  if (phi < 0) return -Infinity;
  if (phi > 1) return Infinity;
  const buckets = coalesce(unsorted);
  const highest = buckets.at(-1);
  if (highest?.upperBound !== Infinity || buckets.length < 2) return Number.NaN;
  const observations = highest.count;
  if (observations === 0 || Number.isNaN(observations)) return Number.NaN;
  let rank = phi * observations;
  let index = buckets.findIndex((bucket) => bucket.count >= rank);
  if (index < 0) index = buckets.length - 1;
  if (index === buckets.length - 1) return buckets[index - 1]?.upperBound ?? Number.NaN;
  const bucket = buckets[index] ?? highest;
  const below = buckets[index - 1];
  if (below === undefined)
    return bucket.upperBound <= 0 ? bucket.upperBound : bucket.upperBound * (rank / bucket.count);
  rank -= below.count;
  return below.upperBound + (bucket.upperBound - below.upperBound) * (rank / (bucket.count - below.count));
}

/** Sorted by bound, equal bounds added up, counts made non-decreasing. */
function coalesce(unsorted: readonly Bucket[]): Bucket[] {
  const buckets: Bucket[] = [];
  for (const { upperBound, count } of unsorted.toSorted((a, b) => a.upperBound - b.upperBound || 0)) {
    const last = buckets.at(-1);
    if (last?.upperBound === upperBound) last.count += count;
    else buckets.push({ upperBound, count });
  }
  let most = -Infinity;
  for (const bucket of buckets) {
    if (bucket.count > most) most = bucket.count;
    else if (bucket.count < most) bucket.count = most;
  }
  return buckets;
}
