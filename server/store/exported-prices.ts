import type { PoolClient } from "pg";
import type { ExportedPriceRow } from "../domain/cost/opencost-prices.ts";

const ORIGIN = "opencost";
/** OpenCost's own currency unless it was configured otherwise, which it does not export. */
const CURRENCY = "USD";
/** The first price that is seen holds for what is put together of the past too: nothing else is known of it. */
const PAST_DAYS = 62;

/**
 * Brings a cluster's exported prices up to date, dated: a changed price ends the row of before today and begins one. A price that is
 * not exported any more ends today, and the next in line prices what it priced.
 */
export async function saveExportedPrices(
  client: PoolClient,
  rows: readonly ExportedPriceRow[],
  today: string,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  await client.query(`SELECT pg_advisory_xact_lock(728464)`);
  await client.query(
    `CREATE TEMP TABLE IF NOT EXISTS incoming_export (provider text, region text, kind text, key text, unit text, price numeric(20, 10), source text) ON COMMIT DROP`,
  );
  await client.query(`TRUNCATE incoming_export`);
  await client.query(
    `INSERT INTO incoming_export SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(provider text, region text, kind text, key text, unit text,
       price numeric(20, 10), source text)`,
    [JSON.stringify(rows)],
  );
  const own = `p.origin = '${ORIGIN}' AND p.provider = $1 AND p.superseded_at IS NULL AND (p.valid_to IS NULL OR p.valid_to > $2::date)`;
  const same = `(p.kind, p.key, p.unit) = (i.kind, i.key, i.unit) AND p.price = i.price`;
  await client.query(
    `UPDATE price_row p SET superseded_at = now() WHERE ${own} AND p.valid_from >= $2::date
        AND NOT EXISTS (SELECT 1 FROM incoming_export i WHERE ${same})`,
    [first.provider, today],
  );
  await client.query(
    `UPDATE price_row p SET valid_to = $2::date WHERE ${own} AND NOT EXISTS (SELECT 1 FROM incoming_export i WHERE ${same})`,
    [first.provider, today],
  );
  await client.query(
    `INSERT INTO price_row (provider, region, kind, key, unit, price, currency, valid_from, valid_to, origin, source, source_date, created_by)
     SELECT i.provider, i.region, i.kind, i.key, i.unit, i.price, '${CURRENCY}',
            CASE WHEN EXISTS (SELECT 1 FROM price_row p WHERE p.origin = '${ORIGIN}' AND p.provider = i.provider AND p.kind = i.kind AND p.key = i.key)
                 THEN $2::date ELSE $2::date - ${PAST_DAYS} END, NULL, '${ORIGIN}', i.source, $2::date, '${ORIGIN}'
       FROM incoming_export i WHERE NOT EXISTS (SELECT 1 FROM price_row p WHERE ${own} AND ${same})`,
    [first.provider, today],
  );
}
