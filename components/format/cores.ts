import { formatNumber, numberFormat, type Quantity } from "./number.ts";

/** CPU in cores; below a tenth of a core in millicores, the way manifests write it. */
export function toCoresQuantity(cores: number, locale: string): Quantity {
  const magnitude = Math.abs(cores);
  if (magnitude > 0 && magnitude < 0.0995) {
    return { value: `${formatNumber(cores * 1000, locale)}m`, unit: locale.startsWith("zh") ? "核" : "cores" };
  }
  const value =
    magnitude >= 100 ? formatNumber(cores, locale) : numberFormat(locale, { maximumFractionDigits: 2 }).format(cores);
  return { value, unit: locale.startsWith("zh") ? "核" : cores === 1 ? "core" : "cores" };
}

export function formatCores(cores: number, locale: string): string {
  const { value, unit } = toCoresQuantity(cores, locale);
  return `${value} ${unit}`;
}
