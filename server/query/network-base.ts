import type { TrafficPrice } from "../contract/network.ts";
import type { Viewer } from "../contract/viewer.ts";
import { dayIn, startOfDayIn } from "../domain/cost/billing-day.ts";
import { openPriceBook, type PriceBook, type PriceRow } from "../domain/cost/price-book.ts";
import {
  type PricePlace,
  type PriceSpan,
  priceDays,
  priceSpans,
  scopeOfPlaces,
} from "../domain/network/price-flows.ts";
import { getStore } from "../store/client.ts";
import type { Db } from "../store/db.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import {
  type FlowPart,
  type FlowPriceRow,
  type FlowSpans,
  type FlowWindow,
  readMadeFlowDays,
  readMadeFlowMonths,
  readZones,
} from "../store/sql/read-flows.ts";
import { readPrices, type StoredPrice } from "../store/sql/read-prices.ts";
import { type Installation, loadInstallation } from "./installation.ts";
import { boundFleet, type FleetPart, isBoundToTeams } from "./scope.ts";

const DAY_MS = 86_400_000;
const PRICED_SCOPES = ["cross-zone", "cross-region"] as const;
/** Beyond the retention nothing is stored; two years is its default. */
const MAX_DAYS = 731;

/** The asked days: the newest `days`, or from one to another, both included; moments stand for their days. */
export type DaysAsked = {
  readonly days: number;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

/** Price of one pair of zones of a cluster over days. */
type PairSpan = PriceSpan & { readonly clusterId: number; readonly row: FlowPriceRow };

export type NetworkBase = {
  readonly clusters: readonly ClusterRow[];
  readonly part: FlowPart;
  readonly installation: Installation;
  readonly book: PriceBook;
  readonly prices: readonly StoredPrice[];
  readonly pairSpans: readonly PairSpan[];
  readonly days: readonly string[];
  readonly regionOf: (clusterId: number, zone: string) => string | null;
  readonly zones: readonly Zone[];
};
type Zone = { readonly clusterId: number; readonly zone: string; readonly region: string | null };

/** What every question about flows stands on: whose they are, which days, and what a byte cost on each of them. */
export async function loadNetworkBase(viewer: Viewer, query: FleetPart & DaysAsked, now: Date): Promise<NetworkBase> {
  const { pool } = getStore();
  const [{ clusters, scope }, installation] = await Promise.all([boundFleet(viewer, query), loadInstallation()]);
  const { timeZone, currency } = installation;
  const days = askedDays(query, now, timeZone);
  const window = toWindow(days, now, timeZone);
  const ids = clusters.map((cluster) => cluster.id);
  const [stored, zones, made] = await Promise.all([
    readTrafficPrices(pool),
    readZones(pool, ids),
    readMade(ids, window),
  ]);
  const inForce = stored.filter((row) => row.supersededAt === null);
  const book = openPriceBook(inForce.map(toBookRow), currency);
  const pairSpans = spansOf(clusters, zones, window, inForce, book);
  return {
    clusters,
    installation,
    book,
    prices: stored,
    pairSpans,
    days,
    zones,
    regionOf: (clusterId, zone) =>
      zones.find((row) => row.clusterId === clusterId && row.zone === zone)?.region ?? null,
    part: {
      scope,
      window,
      ...toSpans(ids, days, made, window, inForce),
      prices: pairSpans.map((span) => span.row),
      isMasked: isBoundToTeams(viewer),
    },
  };
}

/** The same question about other days: what is asked, at the prices of those days. */
export async function withDays(base: NetworkBase, days: readonly string[], now: Date): Promise<NetworkBase> {
  const window = toWindow(days, now, base.installation.timeZone);
  const ids = base.clusters.map((cluster) => cluster.id);
  const made = await readMade(ids, window);
  const inForce = base.prices.filter((row) => row.supersededAt === null);
  const pairSpans = spansOf(base.clusters, base.zones, window, inForce, base.book);
  return {
    ...base,
    days,
    pairSpans,
    part: {
      ...base.part,
      window,
      ...toSpans(ids, days, made, window, inForce),
      prices: pairSpans.map((span) => span.row),
    },
  };
}

/** The prices of the window as they were before the newest correction; `null` = nothing in use was ever corrected. */
export function beforeCorrection(base: NetworkBase): { readonly part: FlowPart; readonly at: Date } | null {
  const used = new Set(usedRows(base).map((row) => row.id));
  const replaced = base.prices
    .filter((row) => row.supersededAt !== null && row.supersededBy !== null && used.has(row.supersededBy))
    .sort((a, b) => (b.supersededAt?.getTime() ?? 0) - (a.supersededAt?.getTime() ?? 0));
  const at = replaced[0]?.supersededAt ?? null;
  if (at === null) return null;
  const old = replaced.filter((row) => row.supersededAt?.getTime() === at.getTime());
  const gone = new Set(old.map((row) => row.supersededBy));
  const rows = [...base.prices.filter((row) => row.supersededAt === null && !gone.has(row.id)), ...old];
  const book = openPriceBook(rows.map(toBookRow), base.installation.currency);
  const spans = spansOf(base.clusters, base.zones, base.part.window, rows, book);
  return { at, part: { ...base.part, prices: spans.map((span) => span.row) } };
}

function askedDays({ days, from, to }: DaysAsked, now: Date, timeZone: string): string[] {
  const today = dayIn(timeZone, now);
  if (from === undefined) return daysUntil(now, days, timeZone);
  const asDay = (text: string, isEnd: boolean) =>
    text.length === 10 ? text : dayIn(timeZone, new Date(Date.parse(text) - (isEnd ? 1 : 0)));
  const first = asDay(from, false);
  const [last = today] = [to === undefined ? today : asDay(to, true), today].sort();
  const found: string[] = [];
  for (let day = first; day <= last && found.length < MAX_DAYS; day = dayAfter(day)) found.push(day);
  // A window that lies in the future holds nothing; its first day stands for it.
  return found.length === 0 ? [first, today].sort().slice(0, 1) : found;
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}

/** Days in the billing zone, the last is today. */
export function daysUntil(now: Date, count: number, timeZone: string): string[] {
  const days = new Set<string>();
  for (let back = count * 2; back >= 0; back -= 1)
    days.add(dayIn(timeZone, new Date(now.getTime() - (back * DAY_MS) / 2)));
  return [...days].slice(-count);
}

function toWindow(days: readonly string[], now: Date, timeZone: string): FlowWindow {
  const firstDay = days[0] ?? dayIn(timeZone, now);
  const lastDay = days.at(-1) ?? firstDay;
  const to = earlier(startOfDayIn(timeZone, dayAfter(lastDay)), now);
  return { from: startOfDayIn(timeZone, firstDay), to, timeZone, firstDay, lastDay };
}

function earlier(one: Date, other: Date): Date {
  return new Date(Math.min(one.getTime(), other.getTime()));
}

/** Days and months that were made; a day or month that is not among them is read from what it is made of. */
type Made = {
  readonly days: readonly { readonly clusterId: number; readonly day: string }[];
  readonly months: readonly { readonly clusterId: number; readonly month: string }[];
};
async function readMade(ids: readonly number[], window: FlowWindow): Promise<Made> {
  const { pool } = getStore();
  const [days, months] = await Promise.all([
    readMadeFlowDays(pool, ids, window),
    readMadeFlowMonths(pool, ids, window),
  ]);
  return { days, months };
}

/**
 * Neighbouring days of one kind become one span. Long spans take whole months where one price holds for all of the month: a month's
 * bytes have lost their days.
 */
function toSpans(
  clusterIds: readonly number[],
  days: readonly string[],
  made: Made,
  window: FlowWindow,
  rows: readonly StoredPrice[],
): Pick<FlowPart, "spans" | "longSpans"> {
  const isMade = new Set(made.days.map((row) => `${row.clusterId}/${row.day}`));
  const changes = priceDays(rows, window.firstDay, window.lastDay).slice(1);
  const cut = new Set(changes.filter((day) => !day.endsWith("-01")).map((day) => day.slice(0, 7)));
  const months = made.months.filter(({ month }) => !cut.has(month.slice(0, 7)));
  const isMonth = new Set(months.map((row) => `${row.clusterId}/${row.month.slice(0, 7)}`));
  const spansBy = (withMonths: boolean): FlowSpans => {
    const spans: { clusterId: number; firstDay: string; lastDay: string; isMade: boolean }[] = [];
    for (const clusterId of clusterIds) {
      let isBroken = true;
      for (const day of days) {
        if (withMonths && isMonth.has(`${clusterId}/${day.slice(0, 7)}`)) {
          isBroken = true;
          continue;
        }
        const own = isMade.has(`${clusterId}/${day}`);
        const last = spans.at(-1);
        if (last !== undefined && !isBroken && last.isMade === own) last.lastDay = day;
        else spans.push({ clusterId, firstDay: day, lastDay: day, isMade: own });
        isBroken = false;
      }
    }
    const startOf = (day: string) => startOfDayIn(window.timeZone, day);
    return {
      months: withMonths
        ? months.map(({ clusterId, month }) => ({ clusterId, firstMonth: month, lastMonth: month }))
        : [],
      made: spans.filter((span) => span.isMade),
      open: spans.flatMap(({ clusterId, firstDay, lastDay, isMade: own }) =>
        own ? [] : [{ clusterId, from: startOf(firstDay), to: earlier(startOf(dayAfter(lastDay)), window.to) }],
      ),
    };
  };
  return { spans: spansBy(false), longSpans: spansBy(true) };
}

async function readTrafficPrices(db: Db): Promise<StoredPrice[]> {
  const rows = await Promise.all(
    (["traffic", "exchange"] as const).map((kind) =>
      readPrices(db, {
        provider: null,
        region: null,
        kind,
        search: null,
        on: null,
        withSuperseded: true,
        afterId: 0,
        limit: 10_000,
      }),
    ),
  );
  return rows.flat();
}

function toBookRow(row: StoredPrice): PriceRow {
  // The kind was asked for: only these two come back.
  return { ...row, kind: row.kind === "exchange" ? "exchange" : "traffic" };
}

function spansOf(
  clusters: readonly ClusterRow[],
  zones: readonly Zone[],
  window: FlowWindow,
  rows: readonly StoredPrice[],
  book: PriceBook,
): PairSpan[] {
  const days = priceDays(rows, window.firstDay, window.lastDay);
  return clusters.flatMap((cluster) => {
    const places: PricePlace[] = [
      { zone: "", region: null },
      ...zones.filter((row) => row.clusterId === cluster.id).map(({ zone, region }) => ({ zone, region })),
    ];
    return places.flatMap((from) =>
      places.flatMap((to) =>
        PRICED_SCOPES.flatMap((scope) =>
          priceSpans({ provider: cluster.provider, region: null, from, to, scope }, days, window.lastDay, book).map(
            (span) => ({
              ...span,
              clusterId: cluster.id,
              row: {
                clusterId: cluster.id,
                fromZone: from.zone,
                toZone: to.zone,
                scope,
                pricedAs: scopeOfPlaces(scope, from, to),
                firstDay: span.firstDay,
                lastDay: span.lastDay,
                outPerByte: span.price.outPerByte,
                inPerByte: span.price.inPerByte,
              },
            }),
          ),
        ),
      ),
    );
  });
}

/** Rows for traffic between two known zones: those that the page's money stands on. */
function usedRows({ pairSpans }: Pick<NetworkBase, "pairSpans">): PriceRow[] {
  const used = new Map<number, PriceRow>();
  for (const { price, row } of pairSpans) {
    if (row.scope !== "cross-zone" || row.fromZone === row.toZone) continue;
    for (const one of [price.outRow, price.inRow]) if (one !== null) used.set(one.id, one);
  }
  return [...used.values()];
}

/** The traffic rows that a cluster's answer stands on, each with what it replaced. */
export function usedPrices(base: Pick<NetworkBase, "pairSpans" | "prices">): TrafficPrice[] {
  return usedRows(base).map((row) => ({
    id: row.id,
    provider: row.provider,
    region: row.region,
    key: row.key,
    unit: row.unit,
    price: row.price,
    currency: row.currency,
    validFrom: row.validFrom,
    validTo: row.validTo,
    origin: row.origin,
    source: row.source,
    superseded: base.prices.flatMap((old) =>
      old.supersededBy === row.id && old.supersededAt !== null
        ? [{ id: old.id, price: old.price, unit: old.unit, at: old.supersededAt.toISOString() }]
        : [],
    ),
  }));
}
