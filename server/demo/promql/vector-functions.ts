/** Functions of one sample value; the metric name is dropped. `time` is the step in ms. */
export const elementFunctions: ReadonlyMap<string, (value: number) => number> = new Map<
  string,
  (value: number) => number
>([
  ["abs", Math.abs],
  ["ceil", Math.ceil],
  ["floor", Math.floor],
  ["exp", Math.exp],
  ["ln", Math.log],
  ["log2", Math.log2],
  ["log10", Math.log10],
  ["sqrt", Math.sqrt],
  ["sgn", (value) => (value < 0 ? -1 : value > 0 ? 1 : value)],
  ["deg", (value) => (value * 180) / Math.PI],
  ["rad", (value) => (value * Math.PI) / 180],
  ["sin", Math.sin],
  ["cos", Math.cos],
  ["tan", Math.tan],
  ["asin", Math.asin],
  ["acos", Math.acos],
  ["atan", Math.atan],
  ["sinh", Math.sinh],
  ["cosh", Math.cosh],
  ["tanh", Math.tanh],
  ["asinh", Math.asinh],
  ["acosh", Math.acosh],
  ["atanh", Math.atanh],
  ["minute", (value) => Math.floor(mod(seconds(value), 3600) / 60)],
  ["hour", (value) => Math.floor(mod(seconds(value), 86_400) / 3600)],
  ["day_of_week", (value) => mod(daysSinceEpoch(value) + 4, 7)], // 1970-01-01 was a Thursday
  ["day_of_month", (value) => civil(value).day],
  ["month", (value) => civil(value).month],
  ["year", (value) => civil(value).year],
  ["day_of_year", (value) => daysSinceEpoch(value) - daysFromCivil(civil(value).year, 1, 1) + 1],
  ["days_in_month", daysInMonth],
]);

/** Functions of the current time when they are called without an argument. */
export const dateFunctions: ReadonlySet<string> = new Set([
  "minute",
  "hour",
  "day_of_week",
  "day_of_month",
  "day_of_year",
  "days_in_month",
  "month",
  "year",
]);

/** round(): halves go up, in units of `nearest`. */
export function roundTo(value: number, nearest: number): number {
  const inverse = 1 / nearest;
  return Math.floor(value * inverse + 0.5) / inverse;
}

function seconds(value: number): number {
  return Math.trunc(value);
}

function mod(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

function daysSinceEpoch(value: number): number {
  return Math.floor(seconds(value) / 86_400);
}

/** Proleptic Gregorian date in UTC of a Unix time; works past the years that Date can hold. */
function civil(value: number): { year: number; month: number; day: number } {
  const shifted = daysSinceEpoch(value) + 719_468; // days since 0000-03-01
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function daysFromCivil(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

function daysInMonth(value: number): number {
  const { year, month } = civil(value);
  const [nextYear, nextMonth] = month === 12 ? [year + 1, 1] : [year, month + 1];
  return daysFromCivil(nextYear, nextMonth, 1) - daysFromCivil(year, month, 1);
}
