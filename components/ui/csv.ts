export type CsvValue = string | number | boolean | null | undefined;

/** A cell that starts so would be run as a formula by spreadsheets. */
const FORMULA_START = /^[=+\-@\t\r]/;

/**
 * RFC 4180: fields with separators are quoted, quotes doubled, lines end with CRLF. Text that a spreadsheet would run as
 * a formula gets an apostrophe in front; numbers are written as numbers in full precision, so -3 stays -3.
 * `null` and `undefined` are empty fields; a byte-order mark lets Excel read Chinese.
 */
export function toCsv(header: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [header, ...rows].map((row) => row.map(toField).join(","));
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}

function toField(value: CsvValue): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const text = FORMULA_START.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
