import { formatDurationShort } from "./duration.ts";

const formats = new Map<string, Intl.DateTimeFormat>();
function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, options);
    formats.set(key, format);
  }
  return format;
}

/** What HTTP carries (ISO 8601 UTC), a `Date`, or epoch milliseconds. */
export type Moment = Date | string | number;
export function toEpochMilliseconds(moment: Moment): number {
  return typeof moment === "number" ? moment : new Date(moment).getTime();
}

export type DatePrecision = "day" | "minute" | "second";

/** Year-month-day hour:minute:second and the zone, one order in every language: nobody misreads 04/05. */
export function formatDateTime(moment: Moment, timeZone: string, precision: DatePrecision = "second"): string {
  const at = toEpochMilliseconds(moment);
  if (Number.isNaN(at)) return "–";
  const parts = dateFormat("en-GB", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "shortOffset",
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((candidate) => candidate.type === type)?.value ?? "";
  const day = `${part("year")}-${part("month")}-${part("day")}`;
  if (precision === "day") return day;
  const seconds = precision === "second" ? `:${part("second")}` : "";
  const zone = part("timeZoneName")
    .replace("GMT", "UTC")
    .replace(/[+-]0$/, "");
  return `${day} ${part("hour")}:${part("minute")}${seconds} ${zone}`;
}

/** "4 min ago" / "4 分钟前"; a moment ahead reads "in 4 min". Show it beside the exact time. */
export function formatAge(moment: Moment, now: number, locale: string): string {
  const seconds = (now - toEpochMilliseconds(moment)) / 1000;
  if (Number.isNaN(seconds)) return "–";
  const isChinese = locale.startsWith("zh");
  if (Math.abs(seconds) < 10) return isChinese ? "刚刚" : "just now";
  const length = formatDurationShort(Math.abs(seconds), locale);
  if (seconds > 0) return isChinese ? `${length}前` : `${length} ago`;
  return isChinese ? `${length}后` : `in ${length}`;
}

/** A tick of a time axis: the hour within days, the day within months, the month within years. */
export function formatTick(moment: Moment, spanSeconds: number, timeZone: string, locale: string): string {
  const options: Intl.DateTimeFormatOptions =
    spanSeconds <= 86_400 * 1.5
      ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
      : spanSeconds <= 86_400 * 4
        ? { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
        : spanSeconds <= 86_400 * 200
          ? { month: "short", day: "numeric" }
          : { year: "numeric", month: "short" };
  return dateFormat(locale, { ...options, timeZone }).format(toEpochMilliseconds(moment));
}
