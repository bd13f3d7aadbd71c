import { METRIC_NAME } from "./labels.ts";
import type { Matcher } from "./matcher.ts";
import { type MetricMetadata, type SeriesSource, type SourceSeries, spanBounds } from "./series-source.ts";

/** A metric: its series are made when a query first asks for the name. */
export interface MetricFamily {
  readonly name: string;
  readonly metadata?: MetricMetadata;
  /** Series whose __name__ is `name`. Called once. */
  series(): readonly SourceSeries[];
}

/** A source over metric families, indexed by name; a family that nobody queries costs nothing. */
export function createIndexedSeriesSource(families: Iterable<MetricFamily>): SeriesSource {
  const byName = new Map<string, MetricFamily[]>();
  const made = new Map<string, readonly SourceSeries[]>();
  for (const family of families) byName.set(family.name, [...(byName.get(family.name) ?? []), family]);

  function seriesOf(name: string): readonly SourceSeries[] {
    let series = made.get(name);
    if (series === undefined) {
      series = (byName.get(name) ?? []).flatMap((family) => [...family.series()]);
      made.set(name, series);
    }
    return series;
  }

  function* select(matchers: readonly Matcher[], fromMs: number, toMs: number): Iterable<SourceSeries> {
    const onName = matchers.filter((matcher) => matcher.name === METRIC_NAME);
    const onLabels = matchers.filter((matcher) => matcher.name !== METRIC_NAME).map(rememberVerdicts);
    const exact = onName.find((matcher) => matcher.operator === "=" && matcher.value !== "");
    const names = exact === undefined ? byName.keys() : byName.has(exact.value) ? [exact.value] : [];
    for (const name of names) {
      if (!onName.every((matcher) => matcher.matches(name))) continue;
      for (const series of seriesOf(name)) {
        if (overlaps(series, fromMs, toMs) && onLabels.every((test) => test(series))) yield series;
      }
    }
  }

  return {
    select,
    labelNames(fromMs, toMs) {
      const names = new Set<string>();
      for (const series of select([], fromMs, toMs)) for (const name of series.labels.names) names.add(name);
      return [...names].sort();
    },
    labelValues(name, fromMs, toMs) {
      const values = new Set<string>();
      for (const series of select([], fromMs, toMs)) {
        const value = series.labels.get(name);
        if (value !== "") values.add(value);
      }
      return [...values].sort();
    },
    metadata() {
      const metadata = new Map<string, readonly MetricMetadata[]>();
      for (const [name, group] of byName) {
        const known = group.flatMap((family) => (family.metadata === undefined ? [] : [family.metadata]));
        if (known.length > 0) metadata.set(name, known.slice(0, 1));
      }
      return metadata;
    },
  };
}

/** A regex over many series meets few distinct values: each is judged once. */
function rememberVerdicts(matcher: Matcher): (series: SourceSeries) => boolean {
  const verdicts = new Map<string, boolean>();
  return ({ labels }) => {
    const value = labels.get(matcher.name);
    let verdict = verdicts.get(value);
    if (verdict === undefined) {
      verdict = matcher.matches(value);
      verdicts.set(value, verdict);
    }
    return verdict;
  };
}

function overlaps(series: SourceSeries, fromMs: number, toMs: number): boolean {
  const bounds = spanBounds(series);
  return bounds === undefined ? !("spans" in series) : bounds.fromMs <= toMs && bounds.toMs >= fromMs;
}
