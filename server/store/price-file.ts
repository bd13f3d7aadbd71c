import { parseDocument, stringify } from "yaml";
import { z } from "zod";
import { parseCsv } from "../domain/cost/parse-csv.ts";
import { PRICE_KINDS } from "../domain/cost/price-book.ts";
import { AppError } from "../errors.ts";

/** Fields of a row in a price file, in the order in which files are written. */
const FIELDS = [
  "provider",
  "region",
  "kind",
  "key",
  "unit",
  "price",
  "currency",
  "validFrom",
  "validTo",
  "source",
  "sourceDate",
] as const;

const Day = z.iso.date("a day such as 2026-01-31");
/** The byte unit is part of the word: GB = 10⁹, GiB = 2³⁰. A typing error here would be a wrong bill of 7 %. */
const UNITS = ["hour", "core-hour", "GiB-hour", "GiB-month", "GB", "GiB", "exchange", "percent"] as const;
const Row = z
  .strictObject({
    provider: z.string().min(1).default("any"),
    region: z.string().default(""),
    kind: z.enum(PRICE_KINDS),
    key: z.string().min(1),
    unit: z.enum(UNITS),
    price: z.number().min(0).max(1e9),
    currency: z.string().regex(/^[A-Z]{3}$/, "a three-letter code such as USD"),
    validFrom: Day,
    validTo: Day.nullable().default(null),
    source: z.string().min(1).default("price file"),
    sourceDate: Day.nullable().default(null),
  })
  .refine((row) => row.validTo === null || row.validTo > row.validFrom, {
    path: ["validTo"],
    message: "must be after validFrom",
  })
  .refine(
    (row) => (row.kind === "discount") === (row.unit === "percent") && (row.kind !== "discount" || row.price <= 100),
    {
      path: ["unit"],
      message: "a discount is in percent, up to 100, and nothing else is",
    },
  );
export type PriceEntry = z.infer<typeof Row>;
const PriceFile = z.strictObject({ prices: z.array(Row).max(100_000) });

/**
 * `billing.priceBook`: a YAML file with a list `prices`, or a CSV file with the same fields as its first line. All problems are told at once, by row number and field; nothing of a wrong
 * file is used. Errors: AppError `invalid-configuration`.
 */
export function parsePriceFile(text: string, fileName: string): PriceEntry[] {
  const parsed = PriceFile.safeParse(
    fileName.toLowerCase().endsWith(".csv") ? readCsv(text, fileName) : readYaml(text, fileName),
  );
  if (parsed.success) return parsed.data.prices;
  const problems = parsed.error.issues.slice(0, 20).map((issue) => {
    const [, row, ...field] = issue.path;
    const place =
      typeof row === "number"
        ? `row ${row + 1}${field.length > 0 ? `, ${field.join(".")}` : ""}`
        : issue.path.join(".") || "the file";
    return `${place}: ${issue.message}`;
  });
  throw new AppError("invalid-configuration", `${fileName}: ${problems.join("; ")}`);
}

function readYaml(text: string, fileName: string): unknown {
  // `core` keeps days as text instead of turning them into moments of some time zone.
  const document = parseDocument(text, { schema: "core" });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new AppError("invalid-configuration", `${fileName}: ${broken.message.split("\n")[0]}`);
  return document.toJS({ maxAliasCount: 100 });
}

/** Cells are text: an empty one is a field not given, a price that is no number stays text and is refused as such. */
function readCsv(text: string, fileName: string): unknown {
  const [header, ...lines] = parseCsv(text);
  if (header === undefined)
    throw new AppError("invalid-configuration", `${fileName}: the first line must name the fields`);
  const prices = lines.map((cells) => {
    const row: Record<string, unknown> = {};
    for (const [at, cell] of cells.entries()) {
      const field = header[at]?.trim() ?? `column ${at + 1}`;
      const value = cell.trim();
      if (value === "") continue;
      row[field] = field === "price" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    }
    return row;
  });
  return { prices };
}

/** Stored rows that a file can hold; one with a kind or unit of another version is left out. */
export function toPriceEntries(rows: readonly Readonly<Record<(typeof FIELDS)[number], unknown>>[]): PriceEntry[] {
  return rows.flatMap((row) => {
    const parsed = Row.safeParse(Object.fromEntries(FIELDS.map((field) => [field, row[field]])));
    return parsed.success ? [parsed.data] : [];
  });
}

/** Rows as a file that `parsePriceFile` reads back. */
export function formatPriceFile(rows: readonly PriceEntry[], format: "csv" | "yaml"): string {
  if (format === "yaml")
    return stringify({ prices: rows.map((row) => Object.fromEntries(FIELDS.map((field) => [field, row[field]]))) });
  const cell = (value: string | number | null) => {
    if (value === null) return "";
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [FIELDS.join(","), ...rows.map((row) => FIELDS.map((field) => cell(row[field])).join(","))];
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}
