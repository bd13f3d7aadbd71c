import { formatBytes, toBytesQuantity } from "./bytes.ts";
import { toCoresQuantity } from "./cores.ts";
import { formatDuration } from "./duration.ts";
import { formatMoney } from "./money.ts";
import { formatCompact, formatCount, formatNumber, joinQuantity, numberFormat, type Quantity } from "./number.ts";
import { toEventRateQuantity } from "./rate.ts";
import { formatPercentNumber } from "./ratio.ts";

/** Base units of figures and charts. Money names its currency; everything else is closed. */
export type Unit =
  | "count"
  | "number"
  | "ratio"
  | "cores"
  | "bytes"
  | "traffic-bytes"
  | "bytes/s"
  | "traffic-bytes/s"
  | "events/s"
  | "seconds"
  | "watts"
  | "celsius"
  | "hours"
  | `money:${string}`
  | `money/h:${string}`;

/** A value in base units → its text and unit for people. */
export function toQuantity(value: number, unit: Unit, locale: string): Quantity {
  if (isMoney(unit)) {
    const currency = unit.slice(unit.indexOf(":") + 1);
    const perHour = locale.startsWith("zh") ? "/小时" : "/h";
    return { value: formatMoney(value, currency, locale), unit: unit.startsWith("money/h:") ? perHour : "" };
  }
  switch (unit) {
    case "count":
      return { value: formatCount(value, locale), unit: "" };
    case "number":
      return { value: formatNumber(value, locale), unit: "" };
    case "ratio":
      return { value: formatPercentNumber(value, locale), unit: "%" };
    case "cores":
      return toCoresQuantity(value, locale);
    case "bytes":
      return toBytesQuantity(value, "memory", locale);
    case "traffic-bytes":
      return toBytesQuantity(value, "traffic", locale);
    case "bytes/s": {
      const { value: text, unit: name } = toBytesQuantity(value, "memory", locale);
      return { value: text, unit: `${name}/s` };
    }
    case "traffic-bytes/s": {
      const { value: text, unit: name } = toBytesQuantity(value, "traffic", locale);
      return { value: text, unit: `${name}/s` };
    }
    case "events/s":
      return toEventRateQuantity(value, locale);
    case "seconds":
      return { value: formatDuration(value, locale), unit: "" };
    case "watts":
      return { value: formatNumber(value, locale), unit: "W" };
    case "celsius":
      return { value: formatNumber(value, locale), unit: "°C" };
    case "hours":
      return { value: formatNumber(value, locale), unit: locale.startsWith("zh") ? "小时" : "h" };
    default:
      return never(unit);
  }
}

/** The same as one text; percent and currency rates stand without a space ("42%", "$1.20/h"). */
export function formatQuantity(value: number, unit: Unit, locale: string): string {
  if (unit === "bytes") return formatBytes(value, "memory", locale);
  const quantity = toQuantity(value, unit, locale);
  return unit === "ratio" || isMoney(unit) ? `${quantity.value}${quantity.unit}` : joinQuantity(quantity);
}

/** A tick of a value axis. The caption of a chart names the unit, so only units that scale (GiB, ms) are repeated. */
export function formatAxis(value: number, unit: Unit, locale: string): string {
  if (isMoney(unit)) {
    const currency = unit.slice(unit.indexOf(":") + 1);
    const digits: Intl.NumberFormatOptions =
      value === 0 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
    return numberFormat(locale, {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      notation: "compact",
      ...digits,
    }).format(value);
  }
  if (unit === "cores" || unit === "number" || unit === "hours") return formatNumber(value, locale);
  if (unit === "count") return formatCompact(value, locale);
  return formatQuantity(value, unit, locale);
}

function isMoney(unit: Unit): unit is `money:${string}` | `money/h:${string}` {
  return unit.startsWith("money:") || unit.startsWith("money/h:");
}
function never(unit: never): never {
  throw new Error(`unit without a format: ${String(unit)}`);
}
