import type { PriceBook, PriceRow } from "../cost/price-book.ts";
import type { FlowScope } from "./flow-sample.ts";

/** What one byte costs at each end, with the rows that say so; `null` = no price can be stated. Unit: the book's currency per byte. */
export type FlowPrice = {
  /** Charged to the sender. */
  readonly outPerByte: number | null;
  /** Charged to the receiver. */
  readonly inPerByte: number | null;
  readonly outRow: PriceRow | null;
  readonly inRow: PriceRow | null;
};
export type FlowPriceQuestion = {
  readonly provider: string | null;
  readonly region: string | null;
  readonly scope: FlowScope;
  /** Day in the billing time zone, YYYY-MM-DD. */
  readonly on: string;
};

const UNIT_BYTES: Readonly<Record<string, number>> = { GB: 1e9, GiB: 1_073_741_824 };
const FREE: FlowPrice = { outPerByte: 0, inPerByte: 0, outRow: null, inRow: null };
const NO_PRICE: FlowPrice = { outPerByte: null, inPerByte: null, outRow: null, inRow: null };

/**
 * The price of a flow's bytes on a day.
 *
 * Basis: traffic inside a zone is free of charge everywhere; between zones and regions the rows `<scope>-out` and `<scope>-in` of
 * the provider hold, each in its own byte unit (AWS charges both ends, GCP the sender, Azure neither – the book says so with rows
 * of price 0). Traffic to the internet and with an unknown zone is never priced.
 * Unit: the book's currency per byte. Errors: none; a missing row, unit or exchange rate makes that end `null`, never 0.
 */
export function priceFlow({ provider, region, scope, on }: FlowPriceQuestion, book: PriceBook): FlowPrice {
  if (scope === "same-zone") return FREE;
  if (scope !== "cross-zone" && scope !== "cross-region") return NO_PRICE;
  const end = (direction: "out" | "in") => {
    const row = book.find({ provider, region, kind: "traffic", key: `${scope}-${direction}`, on });
    const amount = row === null ? null : book.amount(row, on);
    const unitBytes = row === null ? undefined : UNIT_BYTES[row.unit];
    return { row, perByte: amount === null || unitBytes === undefined ? null : amount / unitBytes };
  };
  const out = end("out");
  const into = end("in");
  return { outPerByte: out.perByte, inPerByte: into.perByte, outRow: out.row, inRow: into.row };
}

/** Both ends together; `null` when either is not known. */
export function bothEnds(price: FlowPrice): number | null {
  return price.outPerByte === null || price.inPerByte === null ? null : price.outPerByte + price.inPerByte;
}
