export const SERIES_COLOURS = 8;

/** FNV-1a, 32 bit: the same key gets the same number on every screen and every visit. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value ^= text.charCodeAt(index);
    value = Math.imul(value, 0x01000193);
  }
  return value >>> 0;
}

/**
 * A colour token (1–8) for each key. A key keeps the colour of its hash; where two keys of one chart meet on a colour,
 * the alphabetically later one takes the next free colour, so that the result does not depend on the order of the data.
 */
export function seriesColours(keys: readonly string[]): ReadonlyMap<string, number> {
  const colours = new Map<string, number>();
  const taken = new Set<number>();
  for (const key of [...keys].sort()) {
    let colour = hash(key) % SERIES_COLOURS;
    if (taken.size < SERIES_COLOURS) while (taken.has(colour)) colour = (colour + 1) % SERIES_COLOURS;
    taken.add(colour);
    colours.set(key, colour + 1);
  }
  return colours;
}

/** CSS colour of a series token; 0 is the grey "rest". A colour that means something beyond this chart stays as it is. */
export function seriesCss(colour: number | string): string {
  if (typeof colour === "string") return colour;
  return colour === 0 ? "var(--series-rest)" : `var(--series-${colour})`;
}
