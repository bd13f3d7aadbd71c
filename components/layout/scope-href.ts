/** A link to another page that keeps what the reader looks at: clusters, teams, time range. */
export function scopeHref(path: string, search: URLSearchParams, kept: readonly string[]): string {
  const next = new URLSearchParams();
  for (const name of kept) for (const value of search.getAll(name)) next.append(name, value);
  const text = next.toString();
  return text === "" ? path : `${path}?${text}`;
}
