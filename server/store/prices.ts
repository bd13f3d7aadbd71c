import type { Pool } from "pg";
import type { PriceKind, PriceRow } from "../domain/cost/price-book.ts";
import type { Db } from "./db.ts";
import { inTransaction } from "./db.ts";

export type NewPrice = Omit<PriceRow, "id"> & { readonly sourceDate: string | null };

/** Prices in force or yet to come, without corrected ones. `numeric` becomes a number here, once. */
export async function loadPrices(db: Db): Promise<PriceRow[]> {
  const { rows } = await db.query<{
    id: string;
    provider: string;
    region: string;
    kind: string;
    key: string;
    unit: string;
    price: string;
    currency: string;
    valid_from: string;
    valid_to: string | null;
    origin: string;
    source: string;
  }>(
    `SELECT id, provider, region, kind, key, unit, price, currency, valid_from::text, valid_to::text, origin, source
       FROM price_row WHERE superseded_at IS NULL ORDER BY id`,
  );
  return rows.map((row) => ({
    id: Number(row.id),
    provider: row.provider,
    region: row.region,
    kind: row.kind as PriceKind,
    key: row.key,
    unit: row.unit,
    price: Number(row.price),
    currency: row.currency,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    origin: row.origin,
    source: row.source,
  }));
}

/**
 * Makes the rows of one origin equal to a list: new ones are added, changed ones supersede the old, missing ones are withdrawn.
 * Rows of other origins – what people edited – are not touched. Safe side by side: a lock lets one process do it at a time.
 */
export async function syncPrices(
  pool: Pool,
  origin: "shipped" | "file",
  prices: readonly NewPrice[],
  by: string,
): Promise<{ added: number; superseded: number }> {
  return inTransaction(pool, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(728464)`);
    await client.query(
      `CREATE TEMP TABLE incoming_price (provider text, region text, kind text, key text, unit text, price numeric(20, 10), currency text, valid_from date, valid_to date, source text, source_date date) ON COMMIT DROP`,
    );
    await client.query(
      `INSERT INTO incoming_price SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(provider text, region text, kind text, key text, unit text,
          price numeric(20, 10), currency text, "validFrom" date, "validTo" date, source text, "sourceDate" date)`,
      [JSON.stringify(prices)],
    );
    const same = `(p.provider, p.region, p.kind, p.key, p.valid_from) = (i.provider, i.region, i.kind, i.key, i.valid_from)`;
    const equal = `(p.unit, p.price, p.currency, p.valid_to) IS NOT DISTINCT FROM (i.unit, i.price, i.currency, i.valid_to)`;
    const gone = await client.query(
      `UPDATE price_row p SET superseded_at = now() WHERE p.origin = $1 AND p.superseded_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM incoming_price i WHERE ${same} AND ${equal})`,
      [origin],
    );
    const added = await client.query(
      `INSERT INTO price_row (provider, region, kind, key, unit, price, currency, valid_from, valid_to, origin, source, source_date, created_by)
       SELECT provider, region, kind, key, unit, price, currency, valid_from, valid_to, $1, source, source_date, $2 FROM incoming_price i
        WHERE NOT EXISTS (SELECT 1 FROM price_row p WHERE p.origin = $1 AND p.superseded_at IS NULL AND ${same})`,
      [origin, by],
    );
    return { added: added.rowCount ?? 0, superseded: gone.rowCount ?? 0 };
  });
}

/** Enters budgets that were never entered before; one that a reader changed or removed is not brought back. Returns how many were new. */
export async function seedBudgets(
  db: Db,
  budgets: readonly { readonly team: string; readonly costPerMonth: number; readonly validFrom: string }[],
  by: string,
): Promise<number> {
  const { rowCount } = await db.query(
    `INSERT INTO budget (team, cost_per_month, valid_from, created_by)
     SELECT x.team, x."costPerMonth", x."validFrom", $2 FROM jsonb_to_recordset($1::jsonb) AS x(team text, "costPerMonth" numeric, "validFrom" date)
      WHERE NOT EXISTS (SELECT 1 FROM audit_event a WHERE a.event IN ('budget.saved', 'budget.deleted') AND a.detail->>'team' = x.team)
     ON CONFLICT (team, valid_from) DO NOTHING`,
    [JSON.stringify(budgets), by],
  );
  return rowCount ?? 0;
}
