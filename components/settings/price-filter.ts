import { PriceKind, PriceQuery } from "#server/contract/prices.ts";

export const PRICE_KINDS = ["all", ...PriceKind.options] as const;
export type PriceKindChoice = (typeof PRICE_KINDS)[number];
/** One page holds any shipped book; a longer one is searched. */
export const PRICES_SHOWN = 1000;

export type PriceFilter = {
  readonly kind: PriceKindChoice;
  readonly search: string;
  readonly hasHistory: boolean;
};

export function toPriceQuery({ kind, search, hasHistory }: PriceFilter): PriceQuery {
  const text = search.trim();
  return PriceQuery.parse({
    limit: PRICES_SHOWN,
    history: String(hasHistory),
    ...(kind === "all" ? {} : { kind }),
    ...(text === "" ? {} : { search: text }),
  });
}
