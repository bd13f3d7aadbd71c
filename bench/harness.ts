/** One figure of a bench. `limit` null = shown, not judged. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number | null;
  readonly ok: boolean;
  readonly detail: string;
};
export type Bench = {
  readonly name: string;
  /** Sets up, measures, cleans up; returns its figures. */
  readonly run: () => Promise<readonly Figure[]>;
};

export const RUNS = 5;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Seconds of each of RUNS runs after one that is not counted. `prepare` is outside the measured time. */
export async function times<T>(
  work: (prepared: T) => unknown,
  prepare: () => T | Promise<T>,
  runs = RUNS,
): Promise<number[]> {
  const seconds: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const prepared = await prepare();
    const from = performance.now();
    await work(prepared);
    if (run > 0) seconds.push((performance.now() - from) / 1000);
  }
  return seconds;
}

/** A figure that must stay at or below its limit. */
export function atMost(
  name: string,
  values: readonly number[],
  unit: string,
  limit: number | null,
  detail = "",
): Figure {
  const value = median(values);
  const spread = `median of ${values.length}, ${round(Math.min(...values))}–${round(Math.max(...values))}`;
  return {
    name,
    value: round(value),
    unit,
    limit,
    ok: limit === null || value <= limit,
    detail: detail === "" ? spread : `${detail}; ${spread}`,
  };
}

/** A figure that must stay at or above its limit. */
export function atLeast(
  name: string,
  values: readonly number[],
  unit: string,
  limit: number | null,
  detail = "",
): Figure {
  const figure = atMost(name, values, unit, null, detail);
  return { ...figure, limit, ok: limit === null || figure.value >= limit };
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
