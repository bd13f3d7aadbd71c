import type { PriceChange, PriceRowInput } from "../contract/prices.ts";
import type { Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";
import { toPriceRow } from "../query/list-prices.ts";
import type { Db } from "../store/db.ts";
import { readPrice } from "../store/sql/read-prices.ts";
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

/** Nothing was changed: either there is no such row or it is history already. */
async function refuse(db: Db, id: number): Promise<never> {
  if ((await readPrice(db, id)) === null)
    throw new AppError("not-found", "There is no such price row.", { id: String(id) });
  throw new AppError("conflict", "This price row has been replaced already.", { id: String(id) });
}
