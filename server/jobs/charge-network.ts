import { dayIn } from "../domain/cost/billing-day.ts";
import { openPriceBook, type PriceBook } from "../domain/cost/price-book.ts";
import { type FlowPrice, priceFlow } from "../domain/network/price-flows.ts";
import { loadBackfillState } from "../store/backfill.ts";
import {
  type CrossingEnd,
  findDueNetworkHours,
  loadCrossingEnds,
  type NetworkHour,
  replaceNetworkCosts,
} from "../store/cost-network.ts";
import type { CostLine } from "../store/costs.ts";
import { inTransaction } from "../store/db.ts";
import { loadPrices } from "../store/prices.ts";
import { readZones } from "../store/sql/read-flows.ts";
import type { JobContext } from "./context.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Live reads add to the running hour and the one before; anything older came from a backfill or an import. */
const RECENT_HOURS = 3;
const WHOLE_CHECK_MS = 10 * 60_000;
const HISTORY_DAYS = 400;
const HOURS_TOGETHER = 24;
const HOURS_LIMIT = 800; // a month at once

const wholeCheckAt = new WeakMap<JobContext, Map<number, number>>();

/**
 * Charges traffic between zones and regions, hour by hour, to who sent and who received it. Hours whose flows have grown since are
 * charged anew. Returns the first hour that changed; null = none.
 */
export async function chargeNetwork(context: JobContext, clusterId: number, signal: AbortSignal): Promise<Date | null> {
  const { pool, config } = context;
  const { total, done, failed } = await loadBackfillState(pool, clusterId);
  const isFilled = total > 0 && done + failed === total;
  const hours = await findDueNetworkHours(pool, clusterId, checkFrom(context, clusterId), HOURS_LIMIT);
  if (isFilled && hours.length < HOURS_LIMIT) noteWholeCheck(context, clusterId);
  const [first] = hours;
  if (first === undefined) return null;
  const cluster = await pool.query<{ name: string; provider: string | null }>(
    `SELECT name, provider FROM cluster WHERE id = $1`,
    [clusterId],
  );
  const provider = cluster.rows[0]?.provider ?? null;
  const book = openPriceBook(await loadPrices(pool), config.billing.currency);
  const zones = await readZones(pool, [clusterId]);
  const regions = new Map(zones.map(({ zone, region }) => [zone, region]));
  for (let index = 0; index < hours.length && !signal.aborted; index += HOURS_TOGETHER) {
    const batch = hours.slice(index, index + HOURS_TOGETHER);
    const ends = Map.groupBy(await loadCrossingEnds(pool, clusterId, batch), (end) => end.at.getTime());
    const charged = batch.map((at): NetworkHour => {
      const own = ends.get(at.getTime()) ?? [];
      const day = dayIn(config.billing.timeZone, at);
      return {
        at,
        chargedBytes: own.reduce((sum, end) => sum + (end.direction === "out" ? end.bytes : 0), 0),
        lines: networkLines(own, { book, provider, day, regionOf: (zone) => regions.get(zone) ?? null }),
      };
    });
    await inTransaction(pool, (client) => replaceNetworkCosts(client, clusterId, charged));
  }
  return first;
}

/** The whole history while it is being filled, then once in a while, as imports reach far back; the last hours in between. */
function checkFrom(context: JobContext, clusterId: number): Date {
  const now = context.now().getTime();
  if (now - (wholeCheckAt.get(context)?.get(clusterId) ?? 0) < WHOLE_CHECK_MS)
    return new Date(now - RECENT_HOURS * HOUR_MS);
  return new Date(now - HISTORY_DAYS * DAY_MS);
}

function noteWholeCheck(context: JobContext, clusterId: number): void {
  const now = context.now().getTime();
  const checks = wholeCheckAt.get(context) ?? new Map<number, number>();
  wholeCheckAt.set(context, checks);
  if (now - (checks.get(clusterId) ?? 0) >= WHOLE_CHECK_MS) checks.set(clusterId, now);
}

/**
 * Both ends of the crossing traffic of one hour → its lines.
 *
 * Basis: each end pays by the price row of its own zone's region, in the byte unit of that row; an end that a provider does not
 * charge gives no line, one without a price row a line of unknown cost. All of it is used: nobody holds bytes.
 */
export function networkLines(
  ends: readonly CrossingEnd[],
  prices: {
    readonly book: PriceBook;
    readonly provider: string | null;
    readonly day: string;
    readonly regionOf: (zone: string) => string | null;
  },
): CostLine[] {
  const sums = new Map<string, { line: CostLine; quantity: number; cost: number | null }>();
  // Many workloads, few pairs of zones: each pair is looked up once.
  const priceByPair = new Map<string, FlowPrice>();
  const priceOf = (end: CrossingEnd): FlowPrice => {
    const pair = [end.direction, end.scope, end.zone, end.peerZone].join("\u0001");
    const known = priceByPair.get(pair);
    if (known !== undefined) return known;
    const own = { zone: end.zone, region: prices.regionOf(end.zone) };
    const peer = { zone: end.peerZone, region: prices.regionOf(end.peerZone) };
    const [from, to] = end.direction === "out" ? [own, peer] : [peer, own];
    const { provider, day, book } = prices;
    const price = priceFlow({ provider, region: own.region, scope: end.scope, on: day, from, to }, book);
    priceByPair.set(pair, price);
    return price;
  };
  for (const end of ends) {
    const price = priceOf(end);
    const perByte = end.direction === "out" ? price.outPerByte : price.inPerByte;
    const row = end.direction === "out" ? price.outRow : price.inRow;
    if (perByte === 0) continue;
    const quantity = end.bytes / (row?.unit === "GiB" ? 1_073_741_824 : 1e9);
    const cost = perByte === null ? null : perByte * end.bytes;
    const line: CostLine = {
      team: end.team,
      namespace: end.namespace,
      workloadKind: end.kind,
      workloadName: end.name,
      pool: "",
      resource: "network",
      share: "used",
      priceRowId: row?.id ?? 0,
      quantity,
      cost,
    };
    const key = [line.team, line.namespace, line.workloadKind, line.workloadName, line.priceRowId].join("\u0001");
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { line, quantity, cost });
    else {
      sum.quantity += quantity;
      sum.cost = sum.cost === null || cost === null ? null : sum.cost + cost;
    }
  }
  return [...sums.values()].map(({ line, quantity, cost }) => ({ ...line, quantity, cost }));
}
