import { type BytesPurpose, formatBytes } from "./bytes.ts";
import { formatCores } from "./cores.ts";
import { type DatePrecision, formatAge, formatDateTime, formatTick, type Moment } from "./date.ts";
import { formatDuration, formatDurationShort } from "./duration.ts";
import { formatMoney, formatMoneyChange } from "./money.ts";
import { formatCompact, formatCount, formatNumber, type Quantity } from "./number.ts";
import { formatBytesPerSecond, formatEventRate } from "./rate.ts";
import { formatPercent, formatPercentagePoints } from "./ratio.ts";
import { formatAxis, formatQuantity, toQuantity, type Unit } from "./unit.ts";

export type Format = {
  readonly number: (value: number) => string;
  readonly count: (value: number) => string;
  readonly compact: (value: number) => string;
  readonly percent: (ratio: number) => string;
  readonly percentagePoints: (ratioChange: number) => string;
  readonly bytes: (bytes: number, purpose?: BytesPurpose) => string;
  readonly bytesPerSecond: (rate: number, purpose?: BytesPurpose) => string;
  readonly cores: (cores: number) => string;
  readonly eventRate: (eventsPerSecond: number) => string;
  readonly money: (amount: number, currency: string) => string;
  readonly moneyChange: (change: number, currency: string) => string;
  readonly duration: (seconds: number) => string;
  readonly durationShort: (seconds: number) => string;
  readonly dateTime: (moment: Moment, precision?: DatePrecision, timeZone?: string) => string;
  readonly age: (moment: Moment, now: number) => string;
  readonly tick: (moment: Moment, spanSeconds: number, timeZone?: string) => string;
  readonly quantity: (value: number, unit: Unit) => string;
  /** A tick of a value axis: short, the unit only where it changes along the axis. */
  readonly axis: (value: number, unit: Unit) => string;
  readonly parts: (value: number, unit: Unit) => Quantity;
};

/** All formats bound to one reader's language and time zone. */
export function makeFormat({ locale, timeZone }: { readonly locale: string; readonly timeZone: string }): Format {
  return {
    number: (value) => formatNumber(value, locale),
    count: (value) => formatCount(value, locale),
    compact: (value) => formatCompact(value, locale),
    percent: (ratio) => formatPercent(ratio, locale),
    percentagePoints: (change) => formatPercentagePoints(change, locale),
    bytes: (bytes, purpose = "memory") => formatBytes(bytes, purpose, locale),
    bytesPerSecond: (rate, purpose = "traffic") => formatBytesPerSecond(rate, purpose, locale),
    cores: (cores) => formatCores(cores, locale),
    eventRate: (rate) => formatEventRate(rate, locale),
    money: (amount, currency) => formatMoney(amount, currency, locale),
    moneyChange: (change, currency) => formatMoneyChange(change, currency, locale),
    duration: (seconds) => formatDuration(seconds, locale),
    durationShort: (seconds) => formatDurationShort(seconds, locale),
    dateTime: (moment, precision = "second", zone = timeZone) => formatDateTime(moment, zone, precision),
    age: (moment, now) => formatAge(moment, now, locale),
    tick: (moment, span, zone = timeZone) => formatTick(moment, span, zone, locale),
    quantity: (value, unit) => formatQuantity(value, unit, locale),
    axis: (value, unit) => formatAxis(value, unit, locale),
    parts: (value, unit) => toQuantity(value, unit, locale),
  };
}
