export type RouteCount = {
  readonly operation: string;
  readonly status: number;
  count: number;
  durationSeconds: number;
};

// On globalThis, because Next may load this module once per bundle and there must be one count per process.
const shared = globalThis as typeof globalThis & { sluiceHttpCounts?: Map<string, RouteCount> };

function counts(): Map<string, RouteCount> {
  shared.sluiceHttpCounts ??= new Map();
  return shared.sluiceHttpCounts;
}

export function countAnswer(operation: string, status: number, durationSeconds: number): void {
  const key = `${operation} ${status}`;
  const entry = counts().get(key) ?? { operation, status, count: 0, durationSeconds: 0 };
  entry.count += 1;
  entry.durationSeconds += durationSeconds;
  counts().set(key, entry);
}

/** Answers of this process since it started, by operation and status. */
export function httpCounts(): readonly Readonly<RouteCount>[] {
  return [...counts().values()];
}
