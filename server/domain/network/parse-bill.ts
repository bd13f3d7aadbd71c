/** A day's cross-zone bytes as the provider billed them. `billedCost` in the installation's currency; `null` = the file has no cost. */
export type BillLine = {
  readonly day: string;
  readonly line: string;
  readonly billedBytes: number;
  readonly billedCost: number | null;
};
export type SkippedLine = { readonly lineNumber: number; readonly why: string };

const UNIT_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  byte: 1,
  bytes: 1,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  mib: 1_048_576,
  gib: 1_073_741_824,
  gibibyte: 1_073_741_824,
  tib: 1_099_511_627_776,
};
/** First header that is there wins. The names of AWS' cost and usage report, GCP's billing export, and plain words. */
const COLUMNS = {
  day: ["day", "date", "usage_start_time", "lineitem/usagestartdate", "line_item_usage_start_date"],
  line: ["line", "usage_type", "lineitem/usagetype", "line_item_usage_type", "sku"],
  amount: ["amount", "quantity", "usage", "lineitem/usageamount", "line_item_usage_amount", "usage.amount", "bytes"],
  unit: ["unit", "pricing/unit", "pricing_unit", "usage.unit"],
  cost: ["cost", "unblended_cost", "lineitem/unblendedcost", "line_item_unblended_cost"],
} as const;

/**
 * Bill lines out of CSV.
 *
 * Shape: one entry per line with a day and an amount; a file without a unit column is read as GB of 10⁹, a column named `bytes` as
 * bytes. Unit: bytes, and the file's own currency for cost. Errors: none; a line that cannot be read is named with its number.
 */
export function parseBillCsv(text: string): { readonly lines: BillLine[]; readonly skipped: SkippedLine[] } {
  const rows = parseRows(text);
  const header = (rows[0] ?? []).map((cell) => cell.trim().toLowerCase());
  const indexOf = (names: readonly string[]) => names.map((name) => header.indexOf(name)).find((at) => at >= 0) ?? -1;
  const at = {
    day: indexOf(COLUMNS.day),
    line: indexOf(COLUMNS.line),
    amount: indexOf(COLUMNS.amount),
    unit: indexOf(COLUMNS.unit),
    cost: indexOf(COLUMNS.cost),
  };
  if (at.day < 0 || at.amount < 0)
    return {
      lines: [],
      skipped: [{ lineNumber: 1, why: "needs a column for the day (day, date) and one for the amount" }],
    };
  const isBytes = header[at.amount] === "bytes";
  const lines: BillLine[] = [];
  const skipped: SkippedLine[] = [];
  for (const [index, row] of rows.entries()) {
    if (index === 0 || row.every((cell) => cell.trim() === "")) continue;
    const day = /^\d{4}-\d{2}-\d{2}/.exec(row[at.day]?.trim() ?? "")?.[0];
    const amount = toNumber(row[at.amount]);
    const unit = at.unit < 0 ? (isBytes ? 1 : 1e9) : UNIT_BYTES[(row[at.unit] ?? "").trim().toLowerCase()];
    const why =
      day === undefined || Number.isNaN(Date.parse(day))
        ? "no day such as 2026-11-22"
        : amount === null || amount < 0
          ? "no amount"
          : unit === undefined
            ? "unknown unit"
            : null;
    if (why !== null || day === undefined || amount === null || unit === undefined) {
      skipped.push({ lineNumber: index + 1, why: why ?? "cannot be read" });
      continue;
    }
    const line = (at.line < 0 ? "" : (row[at.line] ?? "").trim()) || "cross-zone";
    const billedCost = at.cost < 0 ? null : toNumber(row[at.cost]);
    lines.push({ day, line: line.slice(0, 200), billedBytes: amount * unit, billedCost });
  }
  return { lines, skipped };
}

function toNumber(text: string | undefined): number | null {
  const clean = (text ?? "").trim().replaceAll(",", "");
  const value = clean === "" ? Number.NaN : Number(clean);
  return Number.isFinite(value) ? value : null;
}

/** Fields in quotes may hold commas, line ends and doubled quotes. */
function parseRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (isQuoted) {
      if (char !== '"') field += char;
      else if (text[at + 1] === '"') {
        field += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"') isQuoted = true;
    else if (char === ",") {
      row.push(field);
      field = "";
    } else if (char === "\n") {
      rows.push([...row, field.replace(/\r$/, "")]);
      row = [];
      field = "";
    } else field += char;
  }
  if (field !== "" || row.length > 0) rows.push([...row, field.replace(/\r$/, "")]);
  return rows;
}
