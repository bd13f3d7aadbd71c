import { parseDocument } from "yaml";
import { z } from "zod";
import { PRICE_KINDS } from "../../domain/cost/price-book.ts";
import { AppError } from "../../errors.ts";
import type { PriceEntry } from "./shipped-prices.ts";

const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "a day such as 2026-01-31");
const Row = z.strictObject({
  provider: z.string().min(1).default("any"),
  region: z.string().default(""),
  kind: z.enum(PRICE_KINDS),
  key: z.string().min(1),
  unit: z.string().min(1),
  price: z.number().min(0).max(1e9),
  currency: z.string().regex(/^[A-Z]{3}$/, "a three-letter code such as USD"),
  validFrom: Day,
  validTo: Day.nullable().default(null),
  source: z.string().min(1).default("price file"),
  sourceDate: Day.nullable().default(null),
});
const PriceFile = z.strictObject({ prices: z.array(Row).max(100_000) });

/**
 * `billing.priceBook`: a YAML file with a list `prices`. All problems are told at once, by row number and field; nothing of a wrong
 * file is used. Errors: AppError `invalid-configuration`.
 */
export function parsePriceFile(text: string, fileName: string): PriceEntry[] {
  // `core` keeps days as text instead of turning them into moments of some time zone.
  const document = parseDocument(text, { schema: "core" });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new AppError("invalid-configuration", `${fileName}: ${broken.message.split("\n")[0]}`);
  const parsed = PriceFile.safeParse(document.toJS({ maxAliasCount: 100 }));
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
