import type { PriceKind as DomainPriceKind } from "../domain/cost/price-book.ts";
import { Day, Moment, Paging, paged } from "./common.ts";
import { z } from "./zod.ts";

/** What is priced; the domain's words. */
export const PriceKind = z
  .enum([
    "node",
    "resource",
    "gpu",
    "storage",
    "traffic",
    "exchange",
    "discount",
  ] as const satisfies readonly DomainPriceKind[])
  .meta({ id: "PriceKind" });
/** Per what; the byte unit is part of the word (GB = 10⁹ bytes, GiB = 2³⁰). */
export const PriceUnit = z
  .enum(["hour", "core-hour", "GiB-hour", "GiB-month", "GB", "GiB", "exchange", "percent"])
  .meta({ id: "PriceUnit" });
const Currency = z.string().regex(/^[A-Z]{3}$/, "a three-letter code such as USD");
const Word = z.string().trim().min(1).max(200);

export const PriceRow = z
  .object({
    id: z.number().int(),
    provider: z.string(),
    region: z.string(),
    kind: z.string(),
    key: z.string(),
    unit: z.string(),
    price: z.number(),
    currency: z.string(),
    validFrom: Day,
    /** First day on which the row is not valid any more; `null` = still valid. */
    validTo: Day.nullable(),
    /** `shipped`, `file`, `edited` or the name of an import. */
    origin: z.string(),
    source: z.string(),
    sourceDate: Day.nullable(),
    createdAt: Moment,
    createdBy: z.string(),
    supersededAt: Moment.nullable(),
    supersededBy: z.number().int().nullable(),
  })
  .meta({ id: "PriceRow" });
export type PriceRow = z.infer<typeof PriceRow>;

export const PriceQuery = z.object({
  provider: Word.optional(),
  region: Word.optional(),
  kind: PriceKind.optional(),
  /** Part of the key, in any case. */
  search: Word.optional(),
  /** Rows valid on that day. */
  on: Day.optional(),
  /** Corrected rows too, so that an old figure can be explained. */
  history: z.stringbool().default(false),
  ...Paging,
});
export type PriceQuery = z.infer<typeof PriceQuery>;
export const PriceList = paged(PriceRow)
  .extend({ currency: z.string(), foreignCurrencies: z.array(z.string()) })
  .meta({ id: "PriceList" });
export type PriceList = z.infer<typeof PriceList>;

export const PriceRowInput = z
  .object({
    provider: Word,
    /** Empty = every region of the provider. */
    region: z.string().trim().max(200).default(""),
    kind: PriceKind,
    key: Word,
    unit: PriceUnit,
    price: z.number().min(0).max(1e9),
    currency: Currency,
    validFrom: Day,
    validTo: Day.nullable().default(null),
    source: z.string().trim().min(1).max(500),
    sourceDate: Day.nullable().default(null),
  })
  .refine((row) => row.validTo === null || row.validTo > row.validFrom, {
    path: ["validTo"],
    message: "must be after validFrom",
  })
  .refine((row) => (row.kind === "discount") === (row.unit === "percent"), {
    path: ["unit"],
    message: "a discount is in percent, and nothing else is",
  })
  .refine((row) => row.kind !== "discount" || row.price <= 100, { path: ["price"], message: "at most 100 percent" })
  .meta({ id: "PriceRowInput" });
export type PriceRowInput = z.infer<typeof PriceRowInput>;
export const PriceParams = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });

/** The row that a change left behind; `row` null = the price was withdrawn. */
export const PriceChange = z
  .object({ row: PriceRow.nullable(), superseded: PriceRow.nullable() })
  .meta({ id: "PriceChange" });
export type PriceChange = z.infer<typeof PriceChange>;

/** Rows of a file become edited rows; a row of the same provider, region, kind, key and first day is corrected by it. */
export const PriceImportInput = z
  .object({
    format: z.enum(["csv", "yaml"]),
    text: z.string().min(1).max(1_000_000),
    /** Only tells what would change. */
    dryRun: z.boolean().default(false),
  })
  .meta({ id: "PriceImportInput" });
export type PriceImportInput = z.infer<typeof PriceImportInput>;
export const PriceImport = z
  .object({
    isDryRun: z.boolean(),
    added: z.number().int(),
    changed: z.number().int(),
    unchanged: z.number().int(),
    /** The first of the rows that are new or change something. */
    rows: z.array(
      z.object({
        provider: z.string(),
        region: z.string(),
        kind: z.string(),
        key: z.string(),
        unit: z.string(),
        price: z.number(),
        currency: z.string(),
        validFrom: Day,
        /** Price in force under the same name before; null = none. */
        priceBefore: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: "PriceImport" });
export type PriceImport = z.infer<typeof PriceImport>;

export const PriceEventQuery = z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) });
export type PriceEventQuery = z.infer<typeof PriceEventQuery>;
/** Who changed what in the price book, newest first. */
export const PriceEventList = z
  .object({
    items: z.array(
      z.object({
        at: Moment,
        by: z.string(),
        event: z.enum(["created", "replaced", "withdrawn", "imported"]),
        provider: z.string().nullable(),
        kind: z.string().nullable(),
        key: z.string().nullable(),
        priceBefore: z.number().nullable(),
        priceAfter: z.number().nullable(),
        unit: z.string().nullable(),
        currency: z.string().nullable(),
        source: z.string().nullable(),
        /** Rows that an import added or changed. */
        rowCount: z.number().int().nullable(),
      }),
    ),
  })
  .meta({ id: "PriceEventList" });
export type PriceEventList = z.infer<typeof PriceEventList>;

export const Budget = z
  .object({
    id: z.number().int(),
    team: z.string(),
    costPerMonth: z.number(),
    validFrom: Day,
    createdAt: Moment,
    createdBy: z.string(),
  })
  .meta({ id: "Budget" });
export type Budget = z.infer<typeof Budget>;
export const BudgetQuery = z.object({ ...Paging });
export type BudgetQuery = z.infer<typeof BudgetQuery>;
export const BudgetList = paged(Budget).extend({ currency: z.string() }).meta({ id: "BudgetList" });
export type BudgetList = z.infer<typeof BudgetList>;
/** One budget per team and first day; writing the same pair again replaces the amount. */
export const BudgetInput = z
  .object({ team: Word, costPerMonth: z.number().min(0).max(1e12), validFrom: Day })
  .meta({ id: "BudgetInput" });
export type BudgetInput = z.infer<typeof BudgetInput>;
export const BudgetParams = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });
export const BudgetChange = z.object({ budget: Budget }).meta({ id: "BudgetChange" });
export type BudgetChange = z.infer<typeof BudgetChange>;
