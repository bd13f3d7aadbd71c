const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day (YYYY-MM-DD) of a moment in the billing time zone. Errors: RangeError for a zone that does not exist. */
export function dayIn(timeZone: string, at: Date): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
    formats.set(timeZone, format);
  }
  return format.format(at);
}

/** First moment of a day in a time zone. Where a clock change skips midnight it is the first moment that exists. */
export function startOfDayIn(timeZone: string, day: string): Date {
  const guess = new Date(`${day}T00:00:00Z`).getTime();
  // Offsets lie within ±15 h and change in steps of quarter hours at most twice a year.
  for (let minutes = -15 * 60; minutes <= 15 * 60; minutes += 15) {
    const at = new Date(guess + minutes * 60_000);
    if (dayIn(timeZone, at) >= day) return at;
  }
  return new Date(guess);
}

/** Hours of the calendar month that holds a day, clock changes counted: what a price per month is divided by. */
export function hoursOfMonth(timeZone: string, day: string): number {
  const [year = 0, month = 1] = day.split("-").map(Number);
  const next = new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
  return (
    (startOfDayIn(timeZone, next).getTime() - startOfDayIn(timeZone, `${day.slice(0, 7)}-01`).getTime()) / 3_600_000
  );
}
