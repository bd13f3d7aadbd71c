import { listSelectors, type SelectorUse } from "./selector.ts";

/** Design: no single query may make the server read more samples than this. */
export const MAX_SAMPLES_PER_QUERY = 5_000_000;

/** How many series of each metric there are, and how cAdvisor's rows divide into node root, pods and containers. */
export type SeriesCounts = {
  readonly byName: ReadonlyMap<string, number>;
  /** `null` = not measured. */
  readonly rootRows: number | null;
  readonly podRows: number | null;
  readonly containerRows: number | null;
};

/**
 * Samples that a window costs.
 *
 * Shape: series × (window ÷ scrape interval), rounded up per series; a series without a window costs one sample.
 * Unit: samples. Errors: none; an interval of 0 or less counts as one second.
 */
export function samplesOf(seriesCount: number, windowSeconds: number | null, intervalSeconds: number): number {
  if (windowSeconds === null) return seriesCount;
  return seriesCount * Math.max(1, Math.ceil(windowSeconds / Math.max(1, intervalSeconds)));
}

/**
 * Samples that one evaluation of an expression makes the server read: the sum over its selectors.
 * Basis: counts of the presence probe; a filter narrows the count only where the probe counted that kind of row, so the
 * estimate is never below the truth by more than series that appeared since.
 */
export function estimateSamples(
  expr: string,
  counts: SeriesCounts,
  windowSeconds: number,
  intervalSeconds: number,
): number {
  return listSelectors(expr).reduce(
    (sum, use) => sum + samplesOf(seriesOf(use, counts), use.isWindow ? windowSeconds : null, intervalSeconds),
    0,
  );
}

export function seriesOf(use: SelectorUse, counts: SeriesCounts): number {
  const total = use.name === null ? countByPattern(use, counts) : (counts.byName.get(use.name) ?? 0);
  if (use.name?.startsWith("container_") !== true) return total;
  const has = (label: string, operator: string, value: string): boolean =>
    use.matchers.some((matcher) => matcher.label === label && matcher.operator === operator && matcher.value === value);
  if (has("id", "=", "/")) return Math.min(total, counts.rootRows ?? total);
  if (has("container", "=", "")) return Math.min(total, counts.podRows ?? total);
  if (has("container", "!=", "")) return Math.min(total, counts.containerRows ?? total);
  return total;
}

function countByPattern(use: SelectorUse, counts: SeriesCounts): number {
  const pattern = use.matchers.find((matcher) => matcher.label === "__name__" && matcher.operator === "=~")?.value;
  if (pattern === undefined) return 0;
  const matches = new RegExp(`^(?:${pattern})$`);
  let total = 0;
  for (const [name, count] of counts.byName) if (matches.test(name)) total += count;
  return total;
}

/**
 * The window of a rate: at least four scrapes, so that one lost scrape or a reset does not empty it, at least the floor,
 * rounded up to 15 s so that the same query is asked every time.
 */
export function windowFor(intervalSeconds: number, floorSeconds: number): number {
  const wanted = Math.max(4 * intervalSeconds, floorSeconds);
  return Math.ceil(wanted / 15) * 15;
}
