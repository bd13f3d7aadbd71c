import { z } from "zod";
import type { Db } from "../db.ts";
import { selectRows } from "./rows.ts";

const day = z.string();
const PriceRow = z.object({
  id: z.number(),
  provider: z.string(),
  region: z.string(),
  kind: z.string(),
  key: z.string(),
  unit: z.string(),
  price: z.number(),
  currency: z.string(),
  validFrom: day,
  validTo: day.nullable(),
  origin: z.string(),
  source: z.string(),
  sourceDate: day.nullable(),
  createdAt: z.date(),
  createdBy: z.string(),
  supersededAt: z.date().nullable(),
  supersededBy: z.number().nullable(),
});
export type StoredPrice = z.infer<typeof PriceRow>;

export const PRICE_COLUMNS = `id::float8 AS id, provider, region, kind, key, unit, price::float8 AS price, currency,
            valid_from::text AS "validFrom", valid_to::text AS "validTo", origin, source, source_date::text AS "sourceDate",
            created_at AS "createdAt", created_by AS "createdBy", superseded_at AS "supersededAt",
            superseded_by::float8 AS "supersededBy"`;

export type PriceFilter = {
  readonly provider: string | null;
  readonly region: string | null;
  readonly kind: string | null;
  readonly search: string | null;
  readonly on: string | null;
  readonly withSuperseded: boolean;
  readonly afterId: number;
  readonly limit: number;
};

/** Price rows by id. `search` is a plain part of the key. */
export function readPrices(db: Db, filter: PriceFilter): Promise<StoredPrice[]> {
  return selectRows(
    db,
    PriceRow,
    `SELECT ${PRICE_COLUMNS}
       FROM price_row
      WHERE id > $1 AND ($2 OR superseded_at IS NULL)
        AND ($3::text IS NULL OR provider = $3) AND ($4::text IS NULL OR region = $4) AND ($5::text IS NULL OR kind = $5)
        AND ($6::text IS NULL OR position(lower($6) IN lower(key)) > 0)
        AND ($7::date IS NULL OR (valid_from <= $7::date AND (valid_to IS NULL OR valid_to > $7::date)))
      ORDER BY id LIMIT $8`,
    [
      filter.afterId,
      filter.withSuperseded,
      filter.provider,
      filter.region,
      filter.kind,
      filter.search,
      filter.on,
      filter.limit,
    ],
  );
}

export async function readPrice(db: Db, id: number): Promise<StoredPrice | null> {
  const rows = await selectRows(db, PriceRow, `SELECT ${PRICE_COLUMNS} FROM price_row WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

const SummaryRow = z.object({
  rowCount: z.number(),
  editedCount: z.number(),
  newestSourceDate: day.nullable(),
  oldestSourceDate: day.nullable(),
  currencies: z.array(z.string()),
});
export type PriceBookSummary = z.infer<typeof SummaryRow>;

export async function readPriceBookSummary(db: Db): Promise<PriceBookSummary> {
  const rows = await selectRows(
    db,
    SummaryRow,
    `SELECT count(*)::int AS "rowCount", count(*) FILTER (WHERE origin = 'edited')::int AS "editedCount",
            max(source_date)::text AS "newestSourceDate", min(source_date)::text AS "oldestSourceDate",
            coalesce(array_agg(DISTINCT currency), '{}') AS currencies
       FROM price_row WHERE superseded_at IS NULL`,
    [],
  );
  return rows[0] ?? { rowCount: 0, editedCount: 0, newestSourceDate: null, oldestSourceDate: null, currencies: [] };
}

const EventRow = z.object({
  at: z.date(),
  by: z.string(),
  event: z.string(),
  provider: z.string().nullable(),
  kind: z.string().nullable(),
  key: z.string().nullable(),
  priceBefore: z.number().nullable(),
  priceAfter: z.number().nullable(),
  unit: z.string().nullable(),
  currency: z.string().nullable(),
  source: z.string().nullable(),
  rowCount: z.number().nullable(),
});
export type PriceEvent = z.infer<typeof EventRow>;

/** Audit lines of the price book with the row that they are about, newest first. */
export function readPriceEvents(db: Db, limit: number): Promise<PriceEvent[]> {
  return selectRows(
    db,
    EventRow,
    `SELECT a.at, a.actor AS by, a.event, p.provider, p.kind, p.key,
            CASE a.event WHEN 'price.replaced' THEN p.price WHEN 'price.withdrawn' THEN p.price END::float8 AS "priceBefore",
            CASE a.event WHEN 'price.created' THEN p.price WHEN 'price.replaced' THEN (a.detail#>>'{after,price}')::numeric END::float8 AS "priceAfter",
            p.unit, p.currency, coalesce(a.detail#>>'{after,source}', p.source) AS source,
            CASE WHEN a.event = 'price.imported' THEN (a.detail->>'added')::int + (a.detail->>'changed')::int END AS "rowCount"
       FROM audit_event a LEFT JOIN price_row p ON a.subject = 'price/' || p.id
      WHERE a.event IN ('price.created', 'price.replaced', 'price.withdrawn', 'price.imported')
      ORDER BY a.at DESC, a.id DESC LIMIT $1`,
    [limit],
  );
}

const BudgetRow = z.object({
  id: z.number(),
  team: z.string(),
  costPerMonth: z.number(),
  validFrom: day,
  createdAt: z.date(),
  createdBy: z.string(),
});
export type StoredBudget = z.infer<typeof BudgetRow>;
export const BUDGET_COLUMNS = `id::float8 AS id, team, cost_per_month::float8 AS "costPerMonth", valid_from::text AS "validFrom",
            created_at AS "createdAt", created_by AS "createdBy"`;

/** Budgets of the teams that may be seen, by team and first day. */
export function readBudgets(
  db: Db,
  teams: readonly string[] | null,
  page: { readonly after: { readonly team: string; readonly validFrom: string } | null; readonly limit: number },
): Promise<StoredBudget[]> {
  return selectRows(
    db,
    BudgetRow,
    `SELECT ${BUDGET_COLUMNS} FROM budget
      WHERE ($1::text[] IS NULL OR team = ANY($1::text[]))
        AND ($2::text IS NULL OR (team, valid_from) > ($2, $3::date))
      ORDER BY team, valid_from LIMIT $4`,
    [teams, page.after?.team ?? null, page.after?.validFrom ?? null, page.limit],
  );
}
