import type { TextMetric } from "./prometheus-text.ts";

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

/** The same as metrics of this web process. */
export function httpMetrics(): TextMetric[] {
  const rows = httpCounts();
  const labels = ({ operation, status }: RouteCount) => ({ operation, status: String(status) });
  return [
    {
      name: "sluice_http_requests_total",
      type: "counter",
      help: "Answers of this process, by operation and status.",
      samples: rows.map((row) => ({ labels: labels(row), value: row.count })),
    },
    {
      name: "sluice_http_request_seconds_total",
      type: "counter",
      help: "Time that this process spent on answers.",
      samples: rows.map((row) => ({ labels: labels(row), value: row.durationSeconds })),
    },
  ];
}
