import { parseDocument } from "yaml";
import { z } from "zod";
import { PRICE_KINDS } from "../../domain/cost/price-book.ts";
import { AppError } from "../../errors.ts";
import { parseCsv } from "./parse-csv.ts";
import type { PriceEntry } from "./shipped-prices.ts";

const Day = z.iso.date("a day such as 2026-01-31");
/** The byte unit is part of the word: GB = 10⁹, GiB = 2³⁰. A typing error here would be a wrong bill of 7 %. */
const UNITS = ["hour", "core-hour", "GiB-hour", "GiB-month", "GB", "GiB", "exchange"] as const;
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
  });
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
