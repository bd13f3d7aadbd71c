import type { Series } from "./series.ts";

export type Episode = {
  readonly from: Date;
  /** End of the last step above the limit. */
  readonly to: Date;
  readonly peak: number;
  /** It reaches the newest sample of the series. */
  readonly isOngoing: boolean;
};

/** Steps without a sample that a stretch may bridge: a read that came late does not make two stretches of one. */
const MAX_GAP_STEPS = 2;

/**
 * The stretches of time at or above a limit, oldest first; holes of up to two steps are bridged, a calm sample ends a stretch.
 */
export function findEpisodes(series: Series, limit: number): Episode[] {
  const { values, stepSeconds } = series;
  const at = (index: number) => new Date(series.startAt.getTime() + index * stepSeconds * 1000);
  const newest = values.findLastIndex((value) => value !== null);
  const episodes: Episode[] = [];
  let start = -1;
  let last = -1;
  let peak = 0;
  const close = () => {
    if (start >= 0) episodes.push({ from: at(start), to: at(last + 1), peak, isOngoing: last === newest });
    start = -1;
    peak = 0;
  };
  values.forEach((value, index) => {
    if (value === null) {
      if (start >= 0 && index - last > MAX_GAP_STEPS) close();
      return;
    }
    if (value < limit) {
      close();
      return;
    }
    if (start < 0) start = index;
    last = index;
    peak = Math.max(peak, value);
  });
  close();
  return episodes;
}
