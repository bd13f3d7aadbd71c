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
/** One end of a flow; empty or `null` where it is not known. */
export type PricePlace = { readonly zone: string; readonly region: string | null };
export type FlowPriceQuestion = {
  readonly provider: string | null;
  /** Region of an end whose place is not given. */
  readonly region: string | null;
  readonly from?: PricePlace;
  readonly to?: PricePlace;
  readonly scope: FlowScope;
  /** Day in the billing time zone, YYYY-MM-DD. */
  readonly on: string;
};

const UNIT_BYTES: Readonly<Record<string, number>> = { GB: 1e9, GiB: 1_073_741_824 };
const FREE: FlowPrice = { outPerByte: 0, inPerByte: 0, outRow: null, inRow: null };
const NO_PRICE: FlowPrice = { outPerByte: null, inPerByte: null, outRow: null, inRow: null };

/** Zones of two known regions are further apart than zones of one, whatever the source called it. */
export function scopeOfPlaces(scope: FlowScope, from: PricePlace, to: PricePlace): FlowScope {
  if (scope !== "cross-zone" || from.region === null || to.region === null) return scope;
  return from.region === to.region ? scope : "cross-region";
}

/**
 * The price of a flow's bytes on a day.
 *
 * Basis: traffic inside a zone is free of charge everywhere; between zones and regions the rows `<scope>-out` and `<scope>-in` of
 * the provider hold, each in its own byte unit (AWS charges both ends, GCP the sender, Azure neither – the book says so with rows
 * of price 0). Of each, a row for the pair comes first: key `<scope>-out/<from>><to>`, of zones between zones and of regions
 * between regions; then the row of the region of the end that pays, then the provider's. Traffic to the internet and with an
 * unknown zone is never priced.
 * Unit: the book's currency per byte. Errors: none; a missing row, unit or exchange rate makes that end `null`, never 0.
 */
export function priceFlow(question: FlowPriceQuestion, book: PriceBook): FlowPrice {
  const { provider, on } = question;
  const somewhere = { zone: "", region: question.region };
  const { from = somewhere, to = somewhere, scope: seen } = question;
  const scope = scopeOfPlaces(seen, from, to);
  if (scope === "same-zone") return FREE;
  if (scope !== "cross-zone" && scope !== "cross-region") return NO_PRICE;
  const [a, b] = scope === "cross-zone" ? [from.zone, to.zone] : [from.region ?? "", to.region ?? ""];
  const end = (direction: "out" | "in") => {
    const region = direction === "out" ? from.region : to.region;
    const find = (key: string) => book.find({ provider, region, kind: "traffic", key, on });
    const own = a === "" || b === "" ? null : find(`${scope}-${direction}/${a}>${b}`);
    const row = own ?? find(`${scope}-${direction}`);
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

export type PriceSpan = {
  readonly firstDay: string;
  /** The last day of the span, included. */
  readonly lastDay: string;
  readonly price: FlowPrice;
};

/**
 * The days of a window on which some price may begin or end: the first day, and every day on which a row of the book does. Between
 * two of them no price changes.
 */
export function priceDays(
  rows: readonly Pick<PriceRow, "validFrom" | "validTo">[],
  firstDay: string,
  lastDay: string,
): string[] {
  const days = new Set([firstDay]);
  for (const row of rows)
    for (const day of [row.validFrom, row.validTo]) if (day !== null && day > firstDay && day <= lastDay) days.add(day);
  return [...days].sort();
}

/** Price of a pair of places over a window, in as few spans as it changes. `days` as `priceDays` gives them. */
export function priceSpans(
  question: Omit<FlowPriceQuestion, "on">,
  days: readonly string[],
  lastDay: string,
  book: PriceBook,
): PriceSpan[] {
  const spans: PriceSpan[] = [];
  for (const [index, day] of days.entries()) {
    const price = priceFlow({ ...question, on: day }, book);
    const next = days[index + 1];
    const end = next === undefined ? lastDay : dayBefore(next);
    const before = spans.at(-1);
    if (before !== undefined && isSame(before.price, price)) spans[spans.length - 1] = { ...before, lastDay: end };
    else spans.push({ firstDay: day, lastDay: end, price });
  }
  return spans;
}

function isSame(one: FlowPrice, other: FlowPrice): boolean {
  return (
    one.outPerByte === other.outPerByte &&
    one.inPerByte === other.inPerByte &&
    one.outRow?.id === other.outRow?.id &&
    one.inRow?.id === other.inRow?.id
  );
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
