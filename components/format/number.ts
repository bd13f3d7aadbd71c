/** The text of a quantity and of its unit, apart, so that a figure can set them in different sizes. */
export type Quantity = { readonly value: string; readonly unit: string };

const formats = new Map<string, Intl.NumberFormat>();

/** `Intl.NumberFormat` objects cost 50 µs and more to build and tables need thousands of calls: keep them. */
export function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, options);
    formats.set(key, format);
  }
  return format;
}

/** Digits that carry information: 3 significant below 1,000 and no fraction above. -0 reads 0. */
export function formatNumber(value: number, locale: string): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 999.5) return numberFormat(locale, { maximumFractionDigits: 0 }).format(value);
  return numberFormat(locale, { maximumSignificantDigits: 3 }).format(value === 0 ? 0 : value);
}

/** A count of things, all digits. */
export function formatCount(value: number, locale: string): string {
  return numberFormat(locale, { maximumFractionDigits: 0 }).format(value === 0 ? 0 : value);
}

/** A count where room is short: 12.4K, 1.2M (1.2万 in Chinese). */
export function formatCompact(value: number, locale: string): string {
  return numberFormat(locale, { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

export function joinQuantity({ value, unit }: Quantity): string {
  return unit === "" ? value : `${value} ${unit}`;
}
