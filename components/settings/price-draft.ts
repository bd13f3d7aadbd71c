import { PriceKind, type PriceRow, type PriceRowInput, PriceUnit } from "#server/contract/prices.ts";

/** A price as it is being typed: texts, so that a half-written number is kept as it is. */
export type PriceDraft = {
  readonly provider: string;
  readonly region: string;
  readonly kind: PriceRowInput["kind"];
  readonly key: string;
  readonly unit: PriceRowInput["unit"];
  readonly price: string;
  readonly currency: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly source: string;
};
export type DraftField = keyof PriceDraft;
export type DraftProblem = "required" | "price-invalid" | "currency-invalid" | "until-invalid";

export function toDraft(row: PriceRow | null, currency: string, today: string): PriceDraft {
  const kind = PriceKind.safeParse(row?.kind);
  const unit = PriceUnit.safeParse(row?.unit);
  return {
    provider: row?.provider ?? "",
    region: row?.region ?? "",
    kind: kind.success ? kind.data : "node",
    key: row?.key ?? "",
    unit: unit.success ? unit.data : "hour",
    price: row === null ? "" : String(row.price),
    currency: row?.currency ?? currency,
    validFrom: row?.validFrom ?? today,
    validTo: row?.validTo ?? "",
    // A correction needs a source of its own; the old one explains the old price.
    source: "",
  };
}

/** A discount is in percent, and nothing else is. */
export function unitFor(kind: PriceDraft["kind"], unit: PriceDraft["unit"]): PriceDraft["unit"] {
  if (kind === "discount") return "percent";
  return unit === "percent" ? "hour" : unit;
}

/** What keeps the draft from being sent, per field; empty = nothing. */
export function draftProblems(draft: PriceDraft): ReadonlyMap<DraftField, DraftProblem> {
  const problems = new Map<DraftField, DraftProblem>();
  for (const field of ["provider", "key", "source", "validFrom"] as const) {
    if (draft[field].trim() === "") problems.set(field, "required");
  }
  const price = Number(draft.price);
  const most = draft.kind === "discount" ? 100 : Number.POSITIVE_INFINITY;
  if (draft.price.trim() === "" || !Number.isFinite(price) || price < 0 || price > most)
    problems.set("price", "price-invalid");
  if (!/^[A-Z]{3}$/.test(draft.currency)) problems.set("currency", "currency-invalid");
  if (draft.validTo !== "" && draft.validTo <= draft.validFrom) problems.set("validTo", "until-invalid");
  return problems;
}

export function toPriceInput(draft: PriceDraft, today: string): PriceRowInput {
  return {
    provider: draft.provider.trim(),
    region: draft.region.trim(),
    kind: draft.kind,
    key: draft.key.trim(),
    unit: draft.unit,
    price: Number(draft.price),
    currency: draft.currency,
    validFrom: draft.validFrom,
    validTo: draft.validTo === "" ? null : draft.validTo,
    source: draft.source.trim(),
    sourceDate: today,
  };
}
