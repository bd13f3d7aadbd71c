export type SearchParams = Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;

/** All values of one key of a page's address, as `listParam` reads them in the browser. */
export function namesIn(search: Awaited<SearchParams>, key: string): readonly string[] {
  const value = search[key];
  const texts = value === undefined ? [] : typeof value === "string" ? [value] : value;
  return texts.filter((text) => text !== "");
}
