import { z } from "zod";
import type {
  BudgetList,
  BudgetQuery,
  PriceEventList,
  PriceEventQuery,
  PriceList,
  PriceQuery,
  PriceRow,
} from "../contract/prices.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { formatPriceFile, toPriceEntries } from "../store/price-file.ts";
import {
  readBudgets,
  readPriceBookSummary,
  readPriceEvents,
  readPrices,
  type StoredPrice,
} from "../store/sql/read-prices.ts";
import { cutPage, decodeCursor } from "./cursor.ts";
import { isoOrNull } from "./figures.ts";
import { loadInstallation } from "./installation.ts";
import { boundTeams } from "./scope.ts";

/** The price book. It holds list prices and no team's figures, so every viewer sees all of it. */
export async function listPrices(_viewer: Viewer, query: PriceQuery): Promise<PriceList> {
  const { pool } = getStore();
  const afterId = decodeCursor(query.cursor, z.number().int().min(0)) ?? 0;
  const [rows, summary] = await Promise.all([
    readPrices(pool, {
      provider: query.provider ?? null,
      region: query.region ?? null,
      kind: query.kind ?? null,
      search: query.search ?? null,
      on: query.on ?? null,
      withSuperseded: query.history,
      afterId,
      limit: query.limit + 1,
    }),
    readPriceBookSummary(pool),
  ]);
  const { currency } = await loadInstallation();
  const page = cutPage(rows, query.limit, (row) => row.id);
  return {
    items: page.items.map(toPriceRow),
    nextCursor: page.nextCursor,
    total: null,
    currency,
    foreignCurrencies: summary.currencies.filter((code) => code !== currency).sort(),
  };
}

export function toPriceRow(row: StoredPrice): PriceRow {
  return { ...row, createdAt: row.createdAt.toISOString(), supersededAt: isoOrNull(row.supersededAt) };
}

const MAX_EXPORT_ROWS = 100_000;

/** The price book of today as CSV, without corrected rows: what the import reads. Prices hold no team's figures. */
export async function getPriceCsv(_viewer: Viewer): Promise<string> {
  return formatPriceFile(toPriceEntries(await readWholeBook()), "csv");
}

/** The same as YAML, as `billing.priceBook` reads it. */
export async function getPriceYaml(_viewer: Viewer): Promise<string> {
  return formatPriceFile(toPriceEntries(await readWholeBook()), "yaml");
}

function readWholeBook(): Promise<StoredPrice[]> {
  return readPrices(getStore().pool, {
    provider: null,
    region: null,
    kind: null,
    search: null,
    on: null,
    withSuperseded: false,
    afterId: 0,
    limit: MAX_EXPORT_ROWS,
  });
}

const EVENTS = ["created", "replaced", "withdrawn", "imported"] as const;

/** Who changed what in the price book, newest first. */
export async function listPriceEvents(_viewer: Viewer, query: PriceEventQuery): Promise<PriceEventList> {
  const rows = await readPriceEvents(getStore().pool, query.limit);
  return {
    items: rows.flatMap(({ at, event, ...row }) => {
      const known = EVENTS.find((name) => event === `price.${name}`);
      return known === undefined ? [] : [{ ...row, at: at.toISOString(), event: known }];
    }),
  };
}

const BudgetKey = z.object({ team: z.string(), validFrom: z.iso.date() });

/** Budgets of the teams that the viewer may see. */
export async function listBudgets(viewer: Viewer, query: BudgetQuery): Promise<BudgetList> {
  const after = decodeCursor(query.cursor, BudgetKey);
  const rows = await readBudgets(getStore().pool, boundTeams(viewer), { after, limit: query.limit + 1 });
  const page = cutPage(rows, query.limit, (row) => ({ team: row.team, validFrom: row.validFrom }));
  return {
    items: page.items.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })),
    nextCursor: page.nextCursor,
    total: null,
    currency: (await loadInstallation()).currency,
  };
}
