import type { PriceChange, PriceImport, PriceImportInput, PriceRowInput } from "../contract/prices.ts";
import type { Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";
import { toPriceRow } from "../query/list-prices.ts";
import { getStore } from "../store/client.ts";
import type { Db } from "../store/db.ts";
import { type PriceEntry, parsePriceFile } from "../store/price-file.ts";
import { readPrice, readPrices, type StoredPrice } from "../store/sql/read-prices.ts";
import { insertPrice, supersedePrice } from "../store/sql/write-prices.ts";
import { requireRole } from "./authorize.ts";
import { changeWithAudit, type Request } from "./change.ts";

const ORIGIN = "edited";

/** Adds a row to the price book. */
export function createPrice(viewer: Viewer, input: PriceRowInput, request: Request): Promise<PriceChange> {
  requireRole(viewer, "finance");
  return changeWithAudit(viewer, request, async (client) => {
    const row = await insertPrice(client, { ...input, origin: ORIGIN }, viewer.name);
    return {
      result: { row: toPriceRow(row), superseded: null },
      event: "price.created",
      subject: `price/${row.id}`,
      detail: { ...input },
    };
  });
}

/**
 * Corrects a row: the old one is kept and points at the new one, so that every figure that stood on it can be explained.
 * Errors: `not-found`; `conflict` when somebody else has replaced it meanwhile.
 */
export function replacePrice(viewer: Viewer, id: number, input: PriceRowInput, request: Request): Promise<PriceChange> {
  requireRole(viewer, "finance");
  return changeWithAudit(viewer, request, async (client) => {
    const row = await insertPrice(client, { ...input, origin: ORIGIN }, viewer.name);
    const old = (await supersedePrice(client, id, row.id)) ?? (await refuse(client, id));
    return {
      result: { row: toPriceRow(row), superseded: toPriceRow(old) },
      event: "price.replaced",
      subject: `price/${id}`,
      detail: { by: row.id, before: { price: old.price, unit: old.unit, currency: old.currency }, after: { ...input } },
    };
  });
}

/** Takes a row out of use without another in its place. Errors: as `replacePrice`. */
export function withdrawPrice(viewer: Viewer, id: number, request: Request): Promise<PriceChange> {
  requireRole(viewer, "finance");
  return changeWithAudit(viewer, request, async (client) => {
    const old = (await supersedePrice(client, id, null)) ?? (await refuse(client, id));
    return {
      result: { row: null, superseded: toPriceRow(old) },
      event: "price.withdrawn",
      subject: `price/${id}`,
      detail: { price: old.price, unit: old.unit, currency: old.currency },
    };
  });
}

const ROWS_TOLD = 200;
const MAX_ROWS = 100_000;

/**
 * Takes the rows of a file into the price book as edited rows. A row of the same name and first day is corrected, equal ones are left
 * alone, others stay as they are. A dry run tells the same and changes nothing.
 * Errors: `invalid-input` with every problem of the file by row and field; nothing of a wrong file is used.
 */
export async function importPrices(viewer: Viewer, input: PriceImportInput, request: Request): Promise<PriceImport> {
  requireRole(viewer, "finance");
  const entries = readEntries(input);
  const known = Map.groupBy(await readBook(getStore().pool), nameOf);
  const wanted = entries.flatMap((entry) => {
    const rows = known.get(nameOf(entry)) ?? [];
    const before = rows.find((row) => row.origin === ORIGIN) ?? rows[0] ?? null;
    return before !== null && isSame(before, entry) ? [] : [{ entry, before }];
  });
  const result: PriceImport = {
    isDryRun: input.dryRun,
    added: wanted.filter(({ before }) => before === null).length,
    changed: wanted.filter(({ before }) => before !== null).length,
    unchanged: entries.length - wanted.length,
    rows: wanted.slice(0, ROWS_TOLD).map(({ entry, before }) => ({
      provider: entry.provider,
      region: entry.region,
      kind: entry.kind,
      key: entry.key,
      unit: entry.unit,
      price: entry.price,
      currency: entry.currency,
      validFrom: entry.validFrom,
      priceBefore: before?.price ?? null,
    })),
  };
  if (input.dryRun || wanted.length === 0) return result;
  return changeWithAudit(viewer, request, async (client) => {
    for (const { entry, before } of wanted) {
      const row = await insertPrice(client, { ...entry, origin: ORIGIN }, viewer.name);
      // A shipped row or one of the file stays beneath: the edited one outranks it.
      if (before?.origin === ORIGIN) await supersedePrice(client, before.id, row.id);
    }
    return {
      result,
      event: "price.imported",
      subject: "price-book",
      detail: { added: result.added, changed: result.changed, unchanged: result.unchanged },
    };
  });
}

function readEntries(input: PriceImportInput): readonly PriceEntry[] {
  let entries: readonly PriceEntry[];
  try {
    entries = parsePriceFile(input.text, `the file.${input.format}`);
  } catch (error) {
    if (error instanceof AppError) throw new AppError("invalid-input", error.message, {}, error);
    throw error;
  }
  const names = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const name = nameOf(entry);
    if (names.has(name))
      throw new AppError("invalid-input", `row ${index + 1}: ${entry.key} begins twice on ${entry.validFrom}`);
    names.add(name);
  }
  return entries;
}

function readBook(db: Db): Promise<StoredPrice[]> {
  return readPrices(db, {
    provider: null,
    region: null,
    kind: null,
    search: null,
    on: null,
    withSuperseded: false,
    afterId: 0,
    limit: MAX_ROWS,
  });
}

function nameOf(
  row: Pick<PriceEntry, "provider" | "region" | "key" | "validFrom"> & { readonly kind: string },
): string {
  return [row.provider, row.region, row.kind, row.key, row.validFrom].join("\u0000").toLowerCase();
}

function isSame(stored: StoredPrice, entry: PriceEntry): boolean {
  return (
    stored.price === entry.price &&
    stored.unit === entry.unit &&
    stored.currency === entry.currency &&
    stored.validTo === entry.validTo
  );
}

/** Nothing was changed: either there is no such row or it is history already. */
async function refuse(db: Db, id: number): Promise<never> {
  if ((await readPrice(db, id)) === null)
    throw new AppError("not-found", "There is no such price row.", { id: String(id) });
  throw new AppError("conflict", "This price row has been replaced already.", { id: String(id) });
}
