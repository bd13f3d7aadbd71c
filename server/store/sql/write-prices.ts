import { z } from "zod";
import type { Db } from "../db.ts";
import { BUDGET_COLUMNS, PRICE_COLUMNS, type StoredBudget, type StoredPrice } from "./read-prices.ts";
import { selectRows } from "./rows.ts";

export type NewPrice = {
  readonly provider: string;
  readonly region: string;
  readonly kind: string;
  readonly key: string;
  readonly unit: string;
  readonly price: number;
  readonly currency: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly origin: string;
  readonly source: string;
  readonly sourceDate: string | null;
};

const Stored = z.custom<StoredPrice>((row) => typeof row === "object" && row !== null);
const StoredBudgetRow = z.custom<StoredBudget>((row) => typeof row === "object" && row !== null);

export async function insertPrice(db: Db, row: NewPrice, createdBy: string): Promise<StoredPrice> {
  const rows = await selectRows(
    db,
    Stored,
    `INSERT INTO price_row (provider, region, kind, key, unit, price, currency, valid_from, valid_to, origin, source, source_date, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING ${PRICE_COLUMNS}`,
    [
      row.provider,
      row.region,
      row.kind,
      row.key,
      row.unit,
      row.price,
      row.currency,
      row.validFrom,
      row.validTo,
      row.origin,
      row.source,
      row.sourceDate,
      createdBy,
    ],
  );
  const [stored] = rows;
  if (stored === undefined) throw new Error("a price row was not stored");
  return stored;
}

/** Marks a row as replaced; `null` when it is gone or was replaced before, by somebody else. */
export async function supersedePrice(db: Db, id: number, by: number | null): Promise<StoredPrice | null> {
  const rows = await selectRows(
    db,
    Stored,
    `UPDATE price_row SET superseded_at = now(), superseded_by = $2 WHERE id = $1 AND superseded_at IS NULL
     RETURNING ${PRICE_COLUMNS}`,
    [id, by],
  );
  return rows[0] ?? null;
}

export async function upsertBudget(
  db: Db,
  budget: { readonly team: string; readonly costPerMonth: number; readonly validFrom: string },
  createdBy: string,
): Promise<StoredBudget> {
  const rows = await selectRows(
    db,
    StoredBudgetRow,
    `INSERT INTO budget (team, cost_per_month, valid_from, created_by) VALUES ($1, $2, $3, $4)
     ON CONFLICT (team, valid_from) DO UPDATE SET cost_per_month = excluded.cost_per_month, created_at = now(),
       created_by = excluded.created_by
     RETURNING ${BUDGET_COLUMNS}`,
    [budget.team, budget.costPerMonth, budget.validFrom, createdBy],
  );
  const [stored] = rows;
  if (stored === undefined) throw new Error("a budget was not stored");
  return stored;
}

/** `teams` null = any; a budget of a team that may not be seen is not there. */
export async function deleteBudget(db: Db, id: number, teams: readonly string[] | null): Promise<StoredBudget | null> {
  const rows = await selectRows(
    db,
    StoredBudgetRow,
    `DELETE FROM budget WHERE id = $1 AND ($2::text[] IS NULL OR team = ANY($2::text[])) RETURNING ${BUDGET_COLUMNS}`,
    [id, teams],
  );
  return rows[0] ?? null;
}
