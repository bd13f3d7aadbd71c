/** A day of one cluster with any cost. */
export type RecordedDay = { readonly clusterId: number; readonly day: string; readonly hourCount: number };

/** A short day of a clock change has 23 hours. */
const FEWEST_HOURS = 23;

/**
 * Days that tell a level: over, and recorded whole by every cluster that was recorded before them.
 *
 * Basis: the first day of a cluster begins somewhere in it and is never whole by itself, but a backfilled one is, by its hours.
 * `clusterIds` are those that are asked for; one that has no day yet is waited for by no day.
 * Errors: none.
 */
export function completeDays(
  recorded: readonly RecordedDay[],
  clusterIds: readonly number[],
  today: string,
): ReadonlySet<string> {
  const first = new Map<number, string>();
  for (const row of recorded) {
    const known = first.get(row.clusterId);
    if (known === undefined || row.day < known) first.set(row.clusterId, row.day);
  }
  const complete = new Set<string>();
  for (const [day, rows] of Map.groupBy(recorded, (row) => row.day)) {
    const expected = clusterIds.filter((id) => (first.get(id) ?? "9999") < day).length;
    const whole = rows.filter((row) => row.hourCount >= FEWEST_HOURS).length;
    if (day < today && whole > 0 && whole >= expected) complete.add(day);
  }
  return complete;
}
